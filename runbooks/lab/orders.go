package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// orders is what the supervisor can be told, by the name of the command.
var orders = map[string]func(b *bookstore, args []string) (string, error){
	"status":         (*bookstore).status,
	"fail":           (*bookstore).fail,
	"restart":        (*bookstore).restart,
	"launch":         (*bookstore).launch,
	"instances":      (*bookstore).listInstances,
	"route":          (*bookstore).route,
	"snapshots":      (*bookstore).listSnapshots,
	"restore":        (*bookstore).restore,
	"recovery-point": (*bookstore).recoveryPoint,
}

// table lines up cells that are separated by tabs.
func table(rows ...string) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(rows, "\n"))
	w.Flush()
	lines := strings.Split(text.String(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ") // of an empty last cell
	}
	return strings.Join(lines, "\n")
}

// status lists every part and how it answers at this moment.
func (b *bookstore) status([]string) (string, error) {
	type row struct{ name, address, note string }
	b.mu.Lock()
	target, pending := b.target, b.pending
	var rows []row
	for _, s := range b.services {
		rows = append(rows, row{s.name, s.address, ""})
	}
	for _, in := range b.instances {
		note := in.id
		if in.address == target {
			note += ", routed"
		}
		if in.address == pending {
			note += ", being routed"
		}
		rows = append(rows, row{apiPart, in.address, note})
	}
	b.mu.Unlock()
	lines := make([]string, len(rows))
	var wait sync.WaitGroup
	for i, r := range rows {
		wait.Go(func() {
			lines[i] = fmt.Sprintf("%s\t%s\t%s\t%s", r.name, r.address, probe(r.address), r.note)
		})
	}
	wait.Wait()
	return table(append([]string{"PART\tADDRESS\tANSWERS\tNOTE"}, lines...)...), nil
}

// probe asks a part how it is.
func probe(address string) string {
	// A connection of its own: one that is kept would go on past a closed door.
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + address + "/health")
	if err != nil {
		var refused *net.OpError
		if errors.As(err, &refused) && !refused.Timeout() {
			return "refused"
		}
		return "no answer"
	}
	defer response.Body.Close()
	var s state
	if err := json.NewDecoder(response.Body).Decode(&s); err != nil {
		return response.Status
	}
	return s.Status
}

// fail brings a failure about, and returns when it is there.
func (b *bookstore) fail(args []string) (string, error) {
	b.change.Lock()
	defer b.change.Unlock()
	if args[0] != apiPart && args[0] != "app" {
		return b.failService(args[0])
	}
	in := b.current()
	what := "application stopped"
	if args[0] == apiPart {
		what = "failed"
		if err := os.RemoveAll(b.volume(in)); err != nil {
			return "", fmt.Errorf("fail %s: %w", in.id, err)
		}
	}
	b.halt(&in.process)
	return fmt.Sprintf("%s %s %s\n", in.id, in.address, what), b.point()
}

// losses are the failures that take more than a process: what its part keeps.
var losses = []struct{ name, part, what, path string }{
	{"database-file", databasePart, "its file", filepath.Join(dbName, dbFile)},
	{"cdn-files", cdnPart, "its files", filepath.Join(cdnName, filesName)},
}

// failService kills a service's process, and where name says so what it keeps.
func (b *bookstore) failService(name string) (string, error) {
	what, path := "", ""
	for _, l := range losses {
		if l.name == name {
			name, what, path = l.part, " and lost "+l.what, b.folder.path(l.path)
		}
	}
	s := b.service(name)
	if s == nil {
		return "", fmt.Errorf("nothing here is called %q: api, app, door, database, database-file, cdn, cdn-files or search", name)
	}
	b.halt(&s.process)
	if path != "" {
		if err := os.RemoveAll(path); err != nil {
			return "", fmt.Errorf("fail %s: %w", s.name, err)
		}
	}
	return fmt.Sprintf("%s %s failed%s\n", s.name, s.address, what), nil
}

// halt kills a process, if there is one.
func (b *bookstore) halt(place **process) {
	b.mu.Lock()
	p := *place
	*place = nil
	b.mu.Unlock()
	p.kill()
}

// restart stops a part, if it runs, and starts it again where it was.
func (b *bookstore) restart(args []string) (string, error) {
	b.change.Lock()
	defer b.change.Unlock()
	if s := b.service(args[0]); s != nil {
		b.halt(&s.process)
		if err := pause(b.ctx, b.pace.of(restarting)); err != nil {
			return "", err
		}
		if err := errors.Join(b.start(s), b.point()); err != nil {
			return "", fmt.Errorf("restart %s: %w", s.name, err)
		}
		return fmt.Sprintf("%s %s running\n", s.name, s.address), nil
	}
	in := b.current()
	if args[0] != apiPart {
		b.mu.Lock()
		in = b.at(args[0])
		b.mu.Unlock()
	}
	if in == nil {
		return "", fmt.Errorf("nothing here is called %q: api, door, database, cdn, search or an instance's id", args[0])
	}
	b.halt(&in.process)
	if err := errors.Join(b.point(), pause(b.ctx, b.pace.of(rebooting))); err != nil {
		return "", err
	}
	if err := errors.Join(b.boot(in), b.point()); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %s running, status check ok\n", in.id, in.address), nil
}

// launch makes a new instance from the image and returns when it answers.
func (b *bookstore) launch([]string) (string, error) {
	b.change.Lock()
	defer b.change.Unlock()
	if len(b.instances) >= maxInstances {
		return "", fmt.Errorf("quota reached: there are %d instances", maxInstances)
	}
	addresses, err := freeAddresses(1, b.addresses())
	if err != nil {
		return "", err
	}
	in, err := b.newInstance(addresses[0])
	if err != nil {
		return "", err
	}
	if err := pause(b.ctx, b.pace.of(launching)); err != nil {
		return "", err
	}
	if err := b.boot(in); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %s\n", in.id, in.address), nil
}

// listInstances lists instances as a cloud does: whether the machine passes
// its status check, and whether its application runs.
func (b *bookstore) listInstances([]string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	rows := []string{"INSTANCE\tADDRESS\tSTATUS-CHECK\tAPPLICATION\tLAUNCHED"}
	for _, in := range b.instances {
		check, app := "ok", "stopped"
		if _, err := os.Stat(b.volume(in)); err != nil {
			check = "impaired"
		}
		if in.booting {
			check = "initializing"
		}
		if in.process.alive() {
			app = "running"
		}
		rows = append(rows, fmt.Sprintf("%s\t%s\t%s\t%s\t%s", in.id, in.address, check, app, in.launched.Format(time.RFC3339)))
	}
	return table(rows...), nil
}

// route says what the public name stands for, or makes it stand for another
// instance once that has propagated.
func (b *bookstore) route(args []string) (string, error) {
	if len(args) == 0 {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.target + "\n", nil
	}
	address, err := b.announce(args[0])
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("%s -> %s", b.service(doorPart).address, address)
	if delay := b.pace.of(propagating); delay > 0 {
		return fmt.Sprintf("%s within %s\n", text, delay), nil
	}
	b.arrive(address)
	return text + "\n", nil
}

// announce starts a change of the route. The latest one wins.
func (b *bookstore) announce(address string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	in := b.at(address)
	if in == nil {
		return "", fmt.Errorf("no instance has the address %q", address)
	}
	if b.routing != nil {
		b.routing.Stop()
	}
	b.pending = in.address
	if delay := b.pace.of(propagating); delay > 0 {
		b.routing = time.AfterFunc(delay, func() { b.arrive(in.address) })
	}
	return in.address, nil
}

// arrive makes a pending route the current one, unless a later one replaced it.
func (b *bookstore) arrive(address string) {
	b.mu.Lock()
	if b.pending == address {
		b.target, b.pending = address, ""
	}
	b.mu.Unlock()
	if err := b.point(); err != nil {
		fmt.Fprintln(b.log, err)
	}
}

// listSnapshots lists snapshots, oldest first.
func (b *bookstore) listSnapshots([]string) (string, error) {
	dir := b.folder.path(dbName, snapshots)
	names, err := snapshotNames(dir)
	if err != nil {
		return "", err
	}
	rows := []string{"SNAPSHOT\tTAKEN\tBYTES"}
	for _, name := range names {
		info, err := os.Stat(b.folder.path(dbName, snapshots, name))
		if errors.Is(err, os.ErrNotExist) {
			continue // replaced by a newer one this moment
		}
		if err != nil {
			return "", fmt.Errorf("list the snapshots: %w", err)
		}
		rows = append(rows, fmt.Sprintf("%s\t%s\t%d", name, info.ModTime().UTC().Format(instant), info.Size()))
	}
	return table(rows...), nil
}

// restore stops the database, puts a snapshot in its place, the newest when
// none is named, and starts it; or the CDN, and its newest copy.
func (b *bookstore) restore(args []string) (string, error) {
	b.change.Lock()
	defer b.change.Unlock()
	if len(args) == 1 && args[0] == cdnPart {
		return b.restoreCDN()
	}
	names, err := snapshotNames(b.folder.path(dbName, snapshots))
	if err != nil {
		return "", err
	}
	name := ""
	for _, have := range names {
		if len(args) == 0 || have == args[0] {
			name = have
		}
	}
	if name == "" {
		return "", fmt.Errorf("there is no snapshot %s", strings.Join(args, " "))
	}
	s := b.service(databasePart)
	b.halt(&s.process)
	if err := b.replaceDatabase(name); err != nil {
		return "", fmt.Errorf("restore %s: %w", name, err)
	}
	if err := errors.Join(pause(b.ctx, b.pace.of(restarting)), b.start(s)); err != nil {
		return "", fmt.Errorf("restore %s: %w", name, err)
	}
	return fmt.Sprintf("%s %s restored from %s\n", s.name, s.address, name), nil
}

func (b *bookstore) restoreCDN() (string, error) {
	s := b.service(cdnPart)
	b.halt(&s.process)
	name, err := cdn{b.folder.path(cdnName)}.restore()
	if err == nil {
		err = errors.Join(pause(b.ctx, b.pace.of(restarting)), b.start(s))
	}
	if err != nil {
		return "", fmt.Errorf("restore %s: %w", s.name, err)
	}
	return fmt.Sprintf("%s %s restored from the copy of %s\n", s.name, s.address, name), nil
}

// replaceDatabase copies a snapshot to where the database file is; the
// snapshot stays.
func (b *bookstore) replaceDatabase(name string) error {
	from, err := os.Open(b.folder.path(dbName, snapshots, name))
	if err != nil {
		return err
	}
	defer from.Close()
	next := b.folder.path(dbName, dbFile+".next")
	to, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return err
	}
	return os.Rename(next, b.folder.path(dbName, dbFile))
}

// recoveryPoint is the newest marker up to which nothing is missing, or the
// instant up to which no file of the CDN is.
func (b *bookstore) recoveryPoint(args []string) (string, error) {
	if len(args) == 1 && args[0] == cdnPart {
		text, err := cdn{b.folder.path(cdnName)}.recoveryPoint(time.Now())
		if err != nil {
			return "", err
		}
		return text + "\n", nil
	}
	if len(args) == 1 && args[0] != databasePart {
		return "", fmt.Errorf("no recovery point is kept of %q: database or cdn", args[0])
	}
	client := http.Client{Timeout: patience}
	response, err := client.Get("http://" + b.service(databasePart).address + "/recovery-point")
	if err != nil {
		return "", errors.New("no recovery point: the database does not answer")
	}
	defer response.Body.Close()
	var m marker
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("no recovery point: the database answers %s", response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(&m); err != nil {
		return "", fmt.Errorf("no recovery point: %w", err)
	}
	return fmt.Sprintf("%s marker %d\n", m.At, m.Number), nil
}
