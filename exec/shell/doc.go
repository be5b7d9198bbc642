// Package shell runs documented commands the way a person would: one after the
// other in one terminal, so that what a step sets (a directory, a variable, a
// function, a background job) is there for the next.
//
// A Session is one long-lived bash on a pseudo-terminal of its own. Programs in
// it see a terminal: they ask for passwords, colour their output and obey ^C.
// Two kinds of channel lead to it, and the whole design is in that separation:
//
//	              steps (pipe, fd 200) ──▶ ┌──────┐ ◀──▶ programs
//	Session ◀── results (pipe, fd 201) ─── │ bash │
//	        ◀── output, keys (terminal) ─▶ └──────┘
//
// A step's text travels on the first pipe as data: it is never quoted, wrapped,
// expanded or typed, so here-documents, comments and syntax errors mean what
// they mean in a terminal. Its status comes back on the second, which the
// step's own programs can't reach: no output, however hostile, can be mistaken
// for a result. The terminal carries only what people read and type.
//
// After each step bash also prints a fence into the terminal: an escape
// sequence that holds 128 random bits made for this step alone. It says where
// the step's output ends, and nothing else.
//
// A step's command may open another shell and stay in it: ssh, su, a container.
// No pipe leads there. Session.Enter finds out whether it is a shell, teaches it
// to report, and from then on steps are typed to it and signs read out of its
// output (inband.go says how). What is no shell gets the text as it is, and a
// person says how it ended. When the other shell ends, so does the session: a
// step that was meant for another host must never run on this one.
//
// Nothing is ever guessed. An Outcome names the evidence that it rests on: the
// record on the control pipe, another shell's own sign, the wait status of the
// shell, or the proof that the shell went idle. Where there is none the outcome
// is Unknown, with the reason in words, and a person decides. The first step of
// every session is `(exit 42)`; a session that answers anything but 42 is refused.
//
// A program that waits for a person can't be told from one that works by what it
// prints. The system says who waits for what (Waiting), and the terminal's settings
// whether it is a password. What a person types and the terminal shows is in the
// output although no program printed it (Echoes).
//
// Whatever a step leaves running is listed after it, in whatever way it was let
// go: what comes from the shell is the shell's descendant, and what has lost its
// parent comes to this process, which asks for that. It is told and left alone.
//
// All output is appended to a transcript, byte for byte, without what Hide says
// must not be seen: that is taken out before anything is written, shown or
// counted. Beside the transcript an index says when its parts came, and Cast
// makes a recording of both. One goroutine reads the terminal and does only
// that; whoever wants to look (Tail) cleans the last piece when they look. So a
// flood of output slows down nobody but its writer.
//
// A program that fills the screen draws what makes no sense as lines. While there
// is one, an emulator reads the same bytes and makes pictures of them (screen.go).
// It is easily broken by what is printed, so nothing depends on it. What programs
// have switched on in the terminal is known without it (modes.go), and what a step
// leaves on is switched off and told.
package shell
