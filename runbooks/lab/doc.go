// Package lab is the practice bookstore: a small system on the loopback
// interface that really fails and really recovers, so that a failover can be
// exercised on any machine with nothing to set up.
//
// It is a flight simulator, not a mock. Its parts are processes of their own,
// all made from this one binary:
//
//	door      the public address; forwards to one API instance (a name service's place)
//	api       /, /authors/, /books/, /health; needs database and cdn (a Django instance's place)
//	database  a bbolt file owned by its process; snapshots, and a marker record every second
//	cdn       static files, and a copy of them every 30 seconds
//	search    not critical: without it the API answers, degraded
//
// What a playbook says about them is what curl sees. A stopped API refuses
// connections (curl: exit 7), because its process is gone and nobody holds its
// port. The same is true of the public address: the door closes its own
// listener while the instance it points to is gone, so that curl ends with 7
// there too, and not with a 502 of a proxy that the real bookstore has not
// got. The supervisor tells the door on every change, so nothing is polled.
//
// An API instance is a folder (its volume) and a process. `lab fail app` kills
// the process, which a restart repairs. `lab fail api` destroys the volume
// too, so that a restart is carried out and fails, as on a machine whose disk
// is gone; `lab launch api` makes a new instance from the image. In the same
// way `lab fail database` and `lab fail cdn` are repaired by a restart, and
// `lab fail database-file` and `lab fail cdn-files` are not: without its file
// the database does not start, and without its files the CDN starts and has
// nothing to serve. Both are restored from what they kept beside.
//
// # Recovery points
//
// The database numbers its markers by what it has acknowledged and keeps that
// number outside the database file. While the database is down, no number is
// used up, so an outage leaves no gap. Restoring a snapshot takes the file
// back but not the numbers, so the markers that were lost are a gap, and the
// newest marker before it is the recovery point. The CDN's is the instant at
// which the copy was begun that it was restored from.
//
// # Who keeps it alive
//
// A supervisor in a session of its own holds a lock (flock) on the lab's
// folder. Every part inherits the read end of a pipe whose write end only the
// supervisor has, and exits at its end: when the supervisor is killed, in
// whatever way, the kernel closes the pipe and nothing is left over. Parts are
// not tied by a parent-death signal (it fires when a thread ends), and inherit
// no listening socket (it would hang where curl must see a refusal).
//
// The owner, an exercise, is a connection to the supervisor, so its death is
// noticed however it dies. The lab outlives it by an hour, for a resume; each
// control starts that hour anew. The next start tries the lock, attaches where
// the owner is the same, says who has it where it is another, and only where
// the holder does not answer kills it by process id and start time.
//
// # Two users on one machine
//
// The folder is 0700. Controls go to a loopback port with a token that stands
// in a file only its user can read; a socket file, whose path may hold no more
// than 104 bytes, is not needed. The parts' own ports only serve what may be
// read by anybody. Ports are taken from below the range of outgoing
// connections, so that a dead port is not taken, or connected to itself, by
// chance.
package lab
