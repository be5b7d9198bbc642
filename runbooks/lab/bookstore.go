package lab

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// A bookstore is all parts that run, as their supervisor knows them.
type bookstore struct {
	folder folder
	pace   pace
	log    *os.File
	ctx    context.Context // ends with the supervisor; a launch outlives who asked for it

	change sync.Mutex // one change at a time, however long it takes
	mu     sync.Mutex // guards what follows, for moments only

	services  []*service
	instances []*instance // oldest first
	target    string      // the address that the public name stands for
	pending   string      // the address that it will stand for, or ""
	routing   *time.Timer // brings pending about
}

// A service is a part of which there is one, at an address that stays.
type service struct {
	name    string
	address string
	args    []string // of `lab part NAME`
	process *process // nil or not alive: it is down
}

// An instance is one machine that runs the API: a volume, and a process when
// its application runs.
type instance struct {
	id       string
	address  string
	launched time.Time
	booting  bool
	process  *process
}

// maxInstances is a quota, as clouds have one.
const maxInstances = 8

// maxTries is how often a new bookstore looks for ports that stay free until its
// parts listen there.
const maxTries = 5

// build makes a new bookstore in an empty folder and starts all its parts.
func build(ctx context.Context, f folder, p pace, log *os.File) (*bookstore, error) {
	if err := stock(f.path(cdnName)); err != nil {
		return nil, err
	}
	for tries := 1; ; tries++ {
		b, err := buildOnce(ctx, f, p, log)
		if !taken(err) || tries == maxTries {
			return b, err
		}
	}
}

// buildOnce does so on ports that are free at this moment.
func buildOnce(ctx context.Context, f folder, p pace, log *os.File) (*bookstore, error) {
	addresses, err := freeAddresses(5, nil)
	if err != nil {
		return nil, err
	}
	b := &bookstore{folder: f, pace: p, log: log, ctx: ctx}
	at := func(name string, i int, args ...string) {
		b.services = append(b.services, &service{name: name, address: addresses[i], args: append([]string{name}, args...)})
	}
	at(doorPart, 0, addresses[0])
	at(databasePart, 1, f.path(dbName), addresses[1], p.String())
	at(cdnPart, 2, f.path(cdnName), addresses[2], p.String())
	at(searchPart, 3, f.path(), addresses[3])
	if err := b.makeImage(); err != nil {
		return nil, err
	}
	first, err := b.newInstance(addresses[4])
	if err != nil {
		return nil, err
	}
	b.target = first.address
	return b, b.startAll(first)
}

// startAll starts every part at the same time, and opens the door.
func (b *bookstore) startAll(first *instance) error {
	problems := make([]error, len(b.services)+1)
	var wait sync.WaitGroup
	for i, s := range b.services {
		wait.Go(func() { problems[i] = b.start(s) })
	}
	wait.Go(func() { problems[len(b.services)] = b.boot(first) })
	wait.Wait()
	if err := errors.Join(problems...); err != nil {
		b.stop()
		return err
	}
	return b.point()
}

// stop ends every part and returns when they are gone. It keeps the right to
// change for itself, so that nothing changes after it.
func (b *bookstore) stop() {
	b.change.Lock()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.routing != nil {
		b.routing.Stop()
	}
	for _, s := range b.services {
		s.process.kill()
	}
	for _, in := range b.instances {
		in.process.kill()
	}
}

// makeImage writes what every instance is made from.
func (b *bookstore) makeImage() error {
	text, err := json.Marshal(image{
		Database: b.service(databasePart).address,
		CDN:      b.service(cdnPart).address,
		Search:   b.service(searchPart).address,
	})
	if err != nil {
		return fmt.Errorf("make the image: %w", err)
	}
	if err := os.MkdirAll(b.folder.path(imageName), 0o700); err != nil {
		return fmt.Errorf("make the image: %w", err)
	}
	if err := os.WriteFile(b.folder.path(imageName, imageFile), text, 0o600); err != nil {
		return fmt.Errorf("make the image: %w", err)
	}
	return nil
}

// newInstance makes an instance's volume from the image. It does not boot yet.
func (b *bookstore) newInstance(address string) (*instance, error) {
	var id [4]byte
	rand.Read(id[:])
	in := &instance{id: fmt.Sprintf("i-%08x", id), address: address, launched: time.Now().UTC(), booting: true}
	volume := b.volume(in)
	if err := os.CopyFS(volume, os.DirFS(b.folder.path(imageName))); err != nil {
		return nil, fmt.Errorf("make the volume of %s: %w", in.id, err)
	}
	b.mu.Lock()
	b.instances = append(b.instances, in)
	b.mu.Unlock()
	return in, nil
}

func (b *bookstore) volume(in *instance) string { return b.folder.path(volumeName, in.id) }

// start starts a service; boot starts an instance's application. Both note the
// process, and point the door anew when it ends.
func (b *bookstore) start(s *service) error {
	p, err := start(b.folder.path(binName, program), b.log, s.args...)
	b.run(p, &s.process)
	return err
}

func (b *bookstore) boot(in *instance) error {
	p, err := start(b.folder.path(binName, program), b.log, apiPart, b.volume(in), in.address)
	b.run(p, &in.process)
	b.mu.Lock()
	in.booting = false
	b.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s %s: status check failed: %w", in.id, in.address, err)
	}
	return nil
}

func (b *bookstore) run(p *process, place **process) {
	b.mu.Lock()
	defer b.mu.Unlock()
	*place = p
	if p == nil {
		return
	}
	if b.ctx.Err() != nil {
		p.kill() // stop has been here already
		return
	}
	// Ends with the process.
	go func() {
		<-p.gone
		if b.ctx.Err() == nil {
			b.point()
		}
	}()
}

// point opens the door to its target when the target's application runs, and
// closes it when not. A door that is down stays as it is.
func (b *bookstore) point() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	door := b.service(doorPart).process
	if !door.alive() {
		return nil
	}
	order := closeOrder
	if in := b.at(b.target); in != nil && in.process.alive() {
		order = openOrder + " " + in.address
	}
	if err := door.ask(order); err != nil {
		return fmt.Errorf("the door: %w", err)
	}
	return nil
}

// service is the service of that name, or nil.
func (b *bookstore) service(name string) *service {
	for _, s := range b.services {
		if s.name == name {
			return s
		}
	}
	return nil
}

// at is the instance with that address or id, or nil; mu is held.
func (b *bookstore) at(address string) *instance {
	for _, in := range b.instances {
		if in.address == address || in.id == address {
			return in
		}
	}
	return nil
}

// current is the instance that the public name stands for.
func (b *bookstore) current() *instance {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at(b.target)
}

// addresses lists every address in use, or that was.
func (b *bookstore) addresses() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, s := range b.services {
		all = append(all, s.address)
	}
	for _, in := range b.instances {
		all = append(all, in.address)
	}
	return all
}

// env is what steps find in their environment, NAME=VALUE each.
func (b *bookstore) env() []string {
	env := []string{
		"LAB_DIR=" + string(b.folder),
		"BOOKSTORE_URL=http://" + b.service(doorPart).address,
		"API_PORT=" + port(b.instances[0].address),
		// A proxy of the user's must not be asked for loopback addresses.
		"NO_PROXY=127.0.0.1,localhost",
	}
	for _, s := range b.services {
		env = append(env, strings.ToUpper(s.name)+"_PORT="+port(s.address))
	}
	slices.Sort(env)
	return env
}

func port(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}
