package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/ui/part"
)

// An App is the program on the screen: a tea.Model that owns what is open, what
// is looked at and what was typed. All that is true of the exercise is in the
// state that its seat shows.
type App struct {
	cfg     Config
	size    part.Size
	page    part.Page
	ex      *Exercise
	update  exec.Update
	screen  screen
	over    overlay
	drafts  map[string]form // of forms left with esc, by their id
	view    view
	sc      scene
	guard   guard
	ticking bool // the guard's clock runs
	spot    spot
	sent    int    // intents that the guard knows of
	typed   string // for the running step, while what was typed before is on its way
	handing bool   // it is
	message string
	opening bool
	mouse   bool
	gone    bool         // the program is being left
	unasked exec.Waiting // what the running step waited for when the keys were taken from it
	facts   facts
	report  string                 // of an exercise that has ended
	medians map[string]exec.Median // how long the steps took in earlier exercises
	lib     *Library               // once it was looked over
	past    pastMsg                // the history that was asked for last
	asked   bool                   // for the report
	closed  chan struct{}          // closed by Close
}

// New is the program for a configuration. It does nothing before it is run.
func New(cfg Config) *App {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	a := &App{cfg: cfg, closed: make(chan struct{}), drafts: map[string]form{}, view: home(), screen: library{}, ex: cfg.Start, size: part.Size{W: 80, H: 24}}
	a.greet()
	a.guard = a.guard.change(cfg.Now())
	a.settle(cfg.Now())
	return a
}

// greet says whose place somebody takes, where that is another's.
func (a *App) greet() {
	if a.ex != nil && a.ex.Had != "" {
		a.message = clean.Line(fmt.Sprintf("you are %s; %s acted so far. If that is you: leave, and resume --as %s", a.cfg.Who, a.ex.Had, clean.Word(a.ex.Had)))
	}
}

// Left is the id of the exercise that was open when the program ended, "" when
// none was.
func (a *App) Left() string {
	if a.ex == nil {
		return ""
	}
	return a.ex.ID
}

// Close ends what still waits for the exercise. It is called once, after the
// program has ended; a process that exits need not.
func (a *App) Close() { close(a.closed) }

// Init starts the clock, asks the terminal once what it looks like, and watches
// the exercise if one is open.
func (a *App) Init() tea.Cmd {
	cmds := []tea.Cmd{tick(), armIn(fenceAfter), tea.RequestBackgroundColor}
	a.ticking = true
	if a.cfg.SSH {
		cmds = append(cmds, unbroken)
	}
	if a.ex != nil {
		cmds = append(cmds, wait(a.ex.Seat, a.closed), earlier(a.ex))
	} else if a.cfg.Stand != nil {
		cmds = append(cmds, stand(a.cfg.Stand))
	}
	return tea.Batch(cmds...)
}

// Update takes one message. It blocks on nothing: whatever may take time is a
// command.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	now := a.cfg.Now()
	cmd := a.handle(msg, now)
	return a, tea.Batch(cmd, a.settle(now))
}

func (a *App) handle(msg tea.Msg, now time.Time) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		a.guard = a.guard.key(now)
		return a.press(press{key: keyName(msg), text: msg.Text, repeat: msg.IsRepeat, armed: a.armed()})
	case tea.PasteMsg:
		return a.paste(msg.Content)
	case tea.WindowSizeMsg:
		a.size = part.Size{W: max(0, msg.Width), H: max(0, msg.Height)}
		return a.resized()
	case tea.BackgroundColorMsg:
		a.cfg.Look.Dark = msg.IsDark()
	case tea.MouseWheelMsg:
		return a.wheel(msg)
	case tickMsg:
		return tick()
	case armMsg:
		a.ticking = false
	case uv.PrimaryDeviceAttributesEvent:
		a.guard = a.guard.answer()
	case updateMsg:
		return a.updated(msg)
	case doneMsg:
		return a.done(msg.intent, msg.err)
	case handedMsg:
		return a.handed(msg.err)
	case relayedMsg:
		return a.tookBack(msg.err)
	case openedMsg:
		return a.opened(msg)
	case libraryMsg:
		a.lookedOver(Library(msg))
	case pastMsg:
		if r, ok := a.sc.row(); ok && r.same(msg.row) { // and not one that was asked for before
			a.past = msg
		}
	case earlierMsg:
		a.medians = msg
		return a.resized()
	case reportMsg:
		a.report = msg.text
	case exportMsg:
		a.exported(msg)
	}
	return nil
}

func (a *App) updated(msg updateMsg) tea.Cmd {
	first := a.update.State.Scenario == nil || a.update.Pen.Away && !msg.update.Pen.Away // the room is this screen's now
	if !a.update.Gone.IsZero() && msg.update.Gone.IsZero() {
		a.message = "somebody has resumed it elsewhere: this seat goes on reading its record"
	}
	a.update = msg.update
	cmds := []tea.Cmd{wait(a.ex.Seat, a.closed)}
	if first {
		cmds = append(cmds, a.resized())
	}
	return tea.Batch(cmds...)
}

// resized tells the exercise's terminal how much room there is for output.
func (a *App) resized() tea.Cmd {
	lay := a.lay()
	if a.ex == nil || a.update.State.Scenario == nil || lay.body.W == 0 || lay.body.H == 0 {
		return nil
	}
	cols := lay.W
	if lay.class == wide {
		cols = lay.right().W
	}
	return room(a.ex.Seat, exec.Resize{Cols: cols, Rows: max(1, lay.body.H-1)}) // but for the line above it
}

// handOver gives the running step the whole terminal, until the person wants it
// back or the step has ended.
func (a *App) handOver() tea.Cmd {
	if a.ex.Relay == nil {
		a.message = "there is no terminal here to hand over"
		return nil
	}
	a.unasked = a.update.Waiting
	return tea.Exec(a.ex.Relay(a.update), func(err error) tea.Msg { return relayedMsg{err} })
}

// tookBack has the terminal again. What is on it now nobody has seen yet.
func (a *App) tookBack(err error) tea.Cmd {
	a.message = "the terminal is bythebook's again"
	if errors.Is(err, ErrLeave) {
		a.gone = true
		return tea.Quit
	}
	if err != nil {
		a.message = clean.Line(err.Error())
	}
	a.spot.sent++
	return a.resized()
}

// done shows why an intent was not carried out, in the words it was refused
// with, and of a word that others wait for, that it is on record.
func (a *App) done(i exec.Intent, err error) tea.Cmd {
	switch i := i.(type) {
	case exec.Approve:
		a.message = "recorded: APPROVED, step " + clean.Line(i.Step)
	case exec.Refuse:
		a.message = "recorded: REFUSED, step " + clean.Line(i.Step+": "+i.Reason)
	case exec.Deviate:
		a.message = "recorded: deviation, " + clean.Line(i.Kind+": "+i.What)
	}
	if err != nil {
		a.message = clean.Line(err.Error())
	}
	return nil
}

func (a *App) opened(msg openedMsg) tea.Cmd {
	a.opening = false
	if msg.err != nil {
		first, more, _ := strings.Cut(msg.err.Error(), "\n")
		if a.message = clean.Line(first); more != "" {
			a.message += " ... (bythebook run says all of it)"
		}
		return nil
	}
	row := a.view.row
	a.ex, a.update, a.over, a.view = &msg.ex, exec.Update{}, nil, home()
	a.view.row = row
	a.greet()
	return tea.Batch(wait(a.ex.Seat, a.closed), earlier(a.ex))
}

// lookedOver takes the library with what is on record. Whoever had chosen a row
// still has it, wherever it stands now.
func (a *App) lookedOver(lib Library) {
	chosen, moved := a.sc.row()
	a.lib = &lib
	if moved && a.view.row > 0 {
		a.view.row = max(0, slices.IndexFunc(lib.Rows, chosen.same))
	}
	if n := len(lib.Trouble); n > 0 {
		a.message = clean.Line(part.Count(n, "record counts", "records count") + " for nothing: " + lib.Trouble[0])
	}
}

func (a *App) exported(msg exportMsg) {
	a.message = "the report was written to " + clean.Line(msg.path)
	if msg.err != nil {
		a.message = "the report was not written: " + clean.Line(msg.err.Error())
	}
}

func (a *App) wheel(msg tea.MouseWheelMsg) tea.Cmd {
	key := "down"
	if msg.Button == tea.MouseWheelUp {
		key = "up"
	}
	if a.over == nil {
		key = strings.NewReplacer("up", "pgup", "down", "pgdown").Replace(key)
	}
	return a.press(press{key: key})
}

// paste takes pasted text, which only what is typed into does.
func (a *App) paste(text string) tea.Cmd {
	if k, keys := a.over.(keyed); keys {
		return a.want(k.pasted(a.sc, text))
	}
	if a.over != nil {
		a.over = a.over.paste(a.sc, text)
		return nil
	}
	a.message = "pasted text is ignored here"
	return nil
}

// press is one key, on an overlay or by the table of keys.
func (a *App) press(p press) tea.Cmd {
	a.message = ""
	if a.over != nil {
		o, w := a.over.press(a.sc, p)
		if f, ok := a.over.(form); ok && o == nil && w.do == nil {
			a.drafts[f.id] = f
		}
		if typing(a.over) && o == nil {
			a.unasked = a.update.Waiting
		}
		a.over = o
		return a.want(w)
	}
	b, ok := find(p.key)
	if !ok {
		return nil
	}
	if why := b.off(a.sc); why != "" {
		a.message = clean.Line(p.key + " is off: " + why)
		return nil
	}
	if b.acts && !p.acts() {
		a.message = tooSoon
		return nil
	}
	return a.want(b.do(a.sc))
}

// want carries out what a key asked for.
func (a *App) want(w want) tea.Cmd {
	if w.say != "" {
		a.message = clean.Line(w.say)
	}
	if w.screen != nil {
		a.screen = w.screen
	}
	if w.view != nil {
		a.view = *w.view
	}
	switch {
	case w.do != nil:
		return a.intend(w.do)
	case w.open != nil:
		a.show(w.open)
	case w.history != nil:
		a.past = pastMsg{}
		a.show(pager{what: readHistory})
		return recall(a.lib.History, *w.history)
	case w.start != nil && !a.opening:
		a.opening = true
		return open(a.cfg.Open, *w.start)
	case w.copy != "":
		a.message = fmt.Sprintf("copied %s, where the terminal allows it", part.Count(len(w.copy), "byte", "bytes"))
		return tea.SetClipboard(w.copy)
	case w.export:
		return export(a.ex)
	case w.relay:
		return a.handOver()
	case w.leave:
		a.gone = true
		return tea.Quit
	}
	return a.terminal(w.term)
}

func (a *App) terminal(t termWant) tea.Cmd {
	switch t {
	case redraw:
		return tea.ClearScreen
	case suspend:
		return tea.Suspend
	case mouse:
		a.mouse = !a.mouse
		a.message = map[bool]string{true: "the wheel looks; m = give the mouse back", false: "the mouse is the terminal's again"}[a.mouse]
	}
	return nil
}

// intend asks the rules, then the person what the rules want asked, and only
// then the exercise.
func (a *App) intend(i exec.Intent) tea.Cmd {
	answer := a.update.Allow(i)
	switch answer.Verdict {
	case exec.Refused:
		a.message = clean.Line(answer.Why)
		return nil
	case exec.AskFirst:
		a.show(question(a.sc, i, answer))
		return nil
	}
	if a.view.aim {
		a.view = home()
	}
	if in, typed := i.(exec.Input); typed {
		a.typed += in.Text
		return a.hand()
	}
	a.spot.sent++ // another picture will follow: no key may act on this one again
	return do(a.ex.Seat, i)
}

// hand gives the step what was typed for it. Commands overtake each other, and
// keys must not: what is typed until one piece has arrived goes with the next.
func (a *App) hand() tea.Cmd {
	if a.handing || a.typed == "" {
		return nil
	}
	text := a.typed
	a.typed, a.handing = "", true
	return hand(a.ex.Seat, exec.Input{Text: text})
}

// handed is told that a piece has arrived. Where it has not, the rest is not for
// whatever runs now.
func (a *App) handed(err error) tea.Cmd {
	a.handing = false
	if err != nil {
		a.typed, a.message = "", clean.Line(err.Error())
		return nil
	}
	return a.hand()
}

// show opens an overlay, with what was typed into it before.
func (a *App) show(o overlay) {
	if f, ok := o.(form); ok {
		if draft, kept := a.drafts[f.id]; kept {
			f.entry, f.focus = draft.entry, draft.focus
			delete(a.drafts, f.id)
		}
		o = f
	}
	a.over = o
}
