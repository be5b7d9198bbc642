package exec

// A Waiting says what the running step waits for; "" where it waits for nobody,
// or where that can't be told.
type Waiting string

// What a step can wait for.
const (
	WaitsForInput    Waiting = "input"
	WaitsForPassword Waiting = "password"
	WaitsForKeys     Waiting = "keys" // a program that fills the screen, or one like ssh, which passes every key on
)

// Words say what is waited for, as what follows "the command".
func (w Waiting) Words() string {
	switch w {
	case WaitsForInput:
		return "waits for input"
	case WaitsForPassword:
		return "waits for a password: nothing of it is recorded"
	case WaitsForKeys:
		return "is a full-screen program"
	}
	return string(w)
}
