// Package exec is what happened: an exercise, from the first event to the
// verdicts.
//
// An exercise is a row of Events, which are only ever appended. Apply folds
// them, one by one, into a State; everything else is read off that: Next says
// what the one obvious next action is, Allow says whether something a person
// wants may be done, Clock tells the time against the objective, Deviations
// and Judge say what differed from the document and how it went. All of this
// is pure. It reads no clock, opens no file and starts no goroutine, so that
// the screen, the report, a resumed exercise and a second pair of eyes agree.
//
// A Conductor owns a running exercise. It takes Intents from Seats, asks Allow,
// and then writes before it does: a step's beginning is safe in the Journal
// before its command gets its first byte, and if it can't be written nothing
// starts. A Performer carries a step out and says how it ended, and on what
// that knowledge rests; where there is no proof, the outcome is unknown and a
// person decides.
//
// Terminals is the Performer of real exercises: it finds or opens the terminal
// that a step names, compares what was printed with what is written, and tells
// what was left running. What is secret is taken out on the way (exec/mask); the
// values themselves stay in the conductor's vault and are on no record.
//
// The steps of an exercise are not only those of its scenario. Where the document
// leads to another scenario, or back to safety, that one's steps follow as a Leg
// behind those that there are. Steps of one group are done in any order: the
// document then stands at several at once (Offers).
//
// Several people may sit at an exercise. One of them has the pen and acts; the
// others see everything, may note, approve what they are asked to, and call stop
// (Pen): nothing new starts until that is answered. Who has the pen is for
// whoever hands out the seats to know; that it was taken over is an event.
//
// Times follow NIST SP 800-34 (RTO, RPO, MTD); an RTO is judged by default from
// the disruption to verified recovery.
package exec
