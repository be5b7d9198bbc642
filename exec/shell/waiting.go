package shell

// A Waiting says what the running step waits for.
type Waiting string

// What a step can wait for. A program behind ssh always looks like FullScreen,
// because ssh passes every key on.
const (
	Input      Waiting = "input"       // a program reads a line
	Password   Waiting = "password"    // the same, and doesn't show it
	FullScreen Waiting = "full screen" // a program takes single keys: an editor, a pager, ssh
	CannotTell Waiting = "cannot tell" // this system doesn't say
)
