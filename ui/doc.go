// Package ui is the screens: what a person at a terminal sees and presses.
//
// The screen follows the state. After every message the app asks
// exec.State.Next what the situation is and shows the screen for it, from one
// table (screen.go); screens never name each other. Only overlays, that is
// help, questions and forms, are opened by a key. So an exercise that was
// resumed, or that somebody else drives, shows the right screen by itself.
//
// A key takes one way: keys.go names it, guard.go says whether it may act yet,
// its row returns a want, ui.go asks exec.Allow, ask.go puts the question that
// has to be answered first, and cmds.go carries the intent to the seat. No rule
// lives here: whatever may not be done is refused by exec, in its words.
//
// Four lines never move: where am I, how much time, what is next, which keys.
// They stand over every screen and every overlay (frame.go). Enter alone runs
// nothing; a key that was meant for another picture does nothing either,
// because a change disarms the keys until the terminal has answered a question
// sent after that picture, and nobody is typing any more.
//
// The package reads no flag, no environment and no file: ui/cli gives it all it
// needs in a Config, and its Seat is the only door to the exercise.
package ui
