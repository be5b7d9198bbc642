// Package journal is the record of an exercise on disk: append, replay, follow, verify.
//
// A record is one file, journal.jsonl, in the exercise's own folder. Each event
// is one line of JSON, in a fixed order of fields and without blanks:
//
//	{"v":1,"seq":42,"at":"2026-11-23T13:39:28.439592Z","mono":4808,
//	 "type":"step.began","actor":"alice","step":"launch","data":{...},
//	 "prev":"<64 hex>","hash":"<64 hex>"}
//
// (shown here on three lines). The hash is the SHA-256 of the line from its
// first byte up to, not including, the last `,"hash":"`; prev is the hash of
// the line before, and 64 zeros in the first. So each line proves itself, and
// the chain proves that no line was left out, put in or moved. Nobody needs
// this program to check it:
//
//	printf %s "${line%,\"hash\":*}" | sha256sum
//
// docs/record.md tells all of this to people who have only the file, with a
// script that checks the whole of it.
//
// # What is promised
//
// Append returns only when the event is safe: one write of the whole line, then
// fdatasync, and only then does anybody hear of it. What Append returned, Read
// and Open give back, equal in every field, after a crash of the program or of
// the machine. Nothing that was acknowledged is changed afterwards.
//
// # What can go wrong
//
// A crash in the middle of an append leaves a torn tail: part of one line, or
// the blocks of one line with holes in them. Nobody was told that it is safe, so
// Open copies it to journal.jsonl.torn-<its SHA-256>, cuts it off and goes on.
// Anything else that doesn't check out is damage. The two are told apart by one
// rule: a bad region that is longer than a line may be, that holds one whole valid
// record at any offset, or that is a line from its beginning to its end without a
// hole in it, is damage. A damaged record is refused, and not one byte of it is
// changed: what it still says may matter.
//
// A reader takes a line only if encoding what it understood gives back the same
// bytes. Otherwise `"type":"a",...,"Type":"b"` would have a good hash and mean
// one thing here and another in somebody else's reader.
//
// When a write fails, the half-written line is cut off again. If the disk is
// full, that is all: free some space and append again. To make this rare, 4 MiB
// are kept ready where the system can do it. After any other failed write, and
// after any failed flush, recording stops for good in this process: the system
// may have dropped what could not be written, and a second flush would say that
// all is well.
//
// The hash chain alone doesn't prove that the last lines are all there, nor that
// nobody wrote the whole file anew; a signature over its SHA-256 (Verify) does.
// On network file systems locks and flushes may promise less than they say;
// Remote tells whether a folder is on one.
package journal
