package lab

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// What stands in the database's folder.
const (
	dbFile     = "bookstore.db"
	ledgerFile = "ledger"    // the newest acknowledged marker's number
	snapshots  = "snapshots" // a folder: copies of dbFile, by name
)

// The buckets of the database file.
var (
	authorsBucket = []byte("authors")
	booksBucket   = []byte("books")
	markersBucket = []byte("markers") // number, big endian -> instant, RFC 3339
)

// kept is how many snapshots there are at most; the oldest goes first.
const kept = 20

// A database owns the database file.
type database struct {
	dir    string
	db     *bbolt.DB
	ledger *os.File
	number uint64 // the newest acknowledged marker
}

// newDatabase opens the database in dir, or makes a new one, writes its first
// marker and snapshot, and goes on with both for as long as the process lives.
func newDatabase(dir string, p pace) (http.Handler, error) {
	if err := os.MkdirAll(filepath.Join(dir, snapshots), 0o700); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if lostFile(dir) {
		return nil, errors.New("no database file: restore a snapshot")
	}
	db, err := bbolt.Open(filepath.Join(dir, dbFile), 0o600, &bbolt.Options{Timeout: patience / 2})
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	d := &database{dir: dir, db: db}
	if err := db.Update(seed); err != nil {
		return nil, fmt.Errorf("fill the database: %w", err)
	}
	if err := d.openLedger(); err != nil {
		return nil, err
	}
	if err := d.mark(); err != nil {
		return nil, err
	}
	if err := d.snapshot(); err != nil {
		return nil, err
	}
	go d.keep(p) // ends with the process
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", healthy)
	mux.HandleFunc("GET /authors", func(w http.ResponseWriter, _ *http.Request) { list[author](w, db, authorsBucket) })
	mux.HandleFunc("GET /books", func(w http.ResponseWriter, _ *http.Request) { list[book](w, db, booksBucket) })
	mux.HandleFunc("GET /recovery-point", d.point)
	return mux, nil
}

// lostFile reports whether the database file is gone: a ledger stands there,
// which is only written once there is a file. A new and empty one in its place
// would hide the loss.
func lostFile(dir string) bool {
	_, file := os.Stat(filepath.Join(dir, dbFile))
	_, ledger := os.Stat(filepath.Join(dir, ledgerFile))
	return errors.Is(file, fs.ErrNotExist) && ledger == nil
}

// key orders numbers as numbers.
func key(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// seed fills a new database with the catalogue; one that has it stays as it is.
func seed(tx *bbolt.Tx) error {
	if tx.Bucket(markersBucket) != nil {
		return nil
	}
	if _, err := tx.CreateBucket(markersBucket); err != nil {
		return err
	}
	authors, err := tx.CreateBucket(authorsBucket)
	if err != nil {
		return err
	}
	for _, a := range catalogue.Authors {
		if err := put(authors, a.ID, a); err != nil {
			return err
		}
	}
	books, err := tx.CreateBucket(booksBucket)
	if err != nil {
		return err
	}
	for _, b := range catalogue.Books {
		if err := put(books, b.ID, b); err != nil {
			return err
		}
	}
	return nil
}

func put(bucket *bbolt.Bucket, id int, record any) error {
	text, err := json.Marshal(record)
	if err != nil {
		return err
	}
	return bucket.Put(key(uint64(id)), text)
}

// list answers with all records of a bucket.
func list[T any](w http.ResponseWriter, db *bbolt.DB, bucket []byte) {
	records := []T{}
	err := db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucket).ForEach(func(_, text []byte) error {
			var record T
			err := json.Unmarshal(text, &record)
			records = append(records, record)
			return err
		})
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	reply(w, http.StatusOK, records)
}

// openLedger finds the newest acknowledged marker: in the ledger, or in the
// database where the process was killed between writing the two.
func (d *database) openLedger() error {
	ledger, err := os.OpenFile(filepath.Join(d.dir, ledgerFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open the ledger: %w", err)
	}
	d.ledger = ledger
	number := make([]byte, 8)
	if n, _ := ledger.ReadAt(number, 0); n == 8 {
		d.number = binary.BigEndian.Uint64(number)
	}
	return d.db.View(func(tx *bbolt.Tx) error {
		if last, _ := tx.Bucket(markersBucket).Cursor().Last(); last != nil {
			d.number = max(d.number, binary.BigEndian.Uint64(last))
		}
		return nil
	})
}

// instant is how instants are written: RFC 3339 in UTC, in milliseconds.
const instant = "2006-01-02T15:04:05.000Z"

// mark writes the next marker durably, and then acknowledges it.
func (d *database) mark() error {
	next := d.number + 1
	err := d.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(markersBucket).Put(key(next), []byte(time.Now().UTC().Format(instant)))
	})
	if err != nil {
		return fmt.Errorf("write marker %d: %w", next, err)
	}
	if _, err := d.ledger.WriteAt(key(next), 0); err != nil {
		return fmt.Errorf("acknowledge marker %d: %w", next, err)
	}
	d.number = next
	return nil
}

// keep writes markers and snapshots at their cadence. A database that cannot
// keep its promise stops, so that it is seen.
func (d *database) keep(p pace) {
	markers := time.Tick(p.cadence(marking, 100*time.Millisecond))
	copies := time.Tick(p.cadence(snapshotting, time.Second))
	var err error
	for err == nil {
		select {
		case <-markers:
			err = d.mark()
		case <-copies:
			err = d.snapshot()
		}
	}
	fmt.Fprintln(os.Stderr, databasePart, err)
	os.Exit(1)
}

// snapshot copies the database as it is now, under the next free name.
func (d *database) snapshot() error {
	dir := filepath.Join(d.dir, snapshots)
	names, err := snapshotNames(dir)
	if err != nil {
		return err
	}
	next := 1
	if len(names) > 0 {
		fmt.Sscanf(names[len(names)-1], "snap-%d", &next)
		next++
	}
	name := filepath.Join(dir, fmt.Sprintf("snap-%06d", next))
	err = d.db.View(func(tx *bbolt.Tx) error { return tx.CopyFile(name+".part", 0o600) })
	if err = errors.Join(err, os.Rename(name+".part", name)); err != nil {
		return fmt.Errorf("write a snapshot: %w", err)
	}
	for len(names) >= kept {
		if err := os.Remove(filepath.Join(dir, names[0])); err != nil {
			return fmt.Errorf("remove an old snapshot: %w", err)
		}
		names = names[1:]
	}
	return nil
}

// snapshotNames lists whole snapshots, oldest first.
func snapshotNames(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list the snapshots: %w", err)
	}
	var names []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "snap-") && !strings.HasSuffix(entry.Name(), ".part") {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

// A marker is a numbered record whose only content is when it was written.
type marker struct {
	Number uint64 `json:"number"`
	At     string `json:"at"`
}

// point answers with the newest marker before which none is missing.
func (d *database) point(w http.ResponseWriter, _ *http.Request) {
	var newest marker
	err := d.db.View(func(tx *bbolt.Tx) error {
		cursor := tx.Bucket(markersBucket).Cursor()
		for k, at := cursor.First(); k != nil && binary.BigEndian.Uint64(k) == newest.Number+1; k, at = cursor.Next() {
			newest = marker{newest.Number + 1, string(at)}
		}
		return nil
	})
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case newest.Number == 0:
		http.Error(w, "no marker", http.StatusNotFound)
	default:
		reply(w, http.StatusOK, newest)
	}
}
