package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"bythebook/exec"
	"bythebook/exec/report"
	"bythebook/runbook/read"
	"bythebook/ui"
	"bythebook/ui/look"
	"bythebook/ui/plain"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"golang.org/x/sys/unix"
)

// attend seats somebody at an exercise: a person at the screens or at a plain
// terminal, or nobody with a sheet of answers.
func (a *app) attend(x *exercise, sheet *read.Sheet) error { return a.close(x, a.seat(x, sheet)) }

// seat returns when the seat is left.
func (a *app) seat(x *exercise, sheet *read.Sheet) error {
	switch {
	case sheet != nil:
		return a.unattended(x, *sheet)
	case a.screens():
		start := a.opened(x)
		_, err := a.show(ui.Config{Start: &start})
		return err
	}
	return a.console(x)
}

func (a *app) unattended(x *exercise, sheet read.Sheet) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	return plain.Unattended(ctx, x.seat, sheet, x.override, a.Out)
}

// console is plain mode: ctrl+c stops a running step, and otherwise leaves.
func (a *app) console(x *exercise) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	pressed := make(chan os.Signal, 1)
	signal.Notify(pressed, os.Interrupt)
	defer signal.Stop(pressed)
	asked := make(chan struct{})
	go func() { // ends with ctx
		for {
			select {
			case <-ctx.Done():
				return
			case <-pressed:
				asked <- struct{}{}
			}
		}
	}()
	go x.earlier() // ends when the records are read
	echo := func(on bool) { showTyping(a.In, on) }
	defer echo(true)
	c := plain.NewConsole(x.seat, a.In, a.Out, asked, isTerminal(a.In), echo)
	c.Override, c.Earlier = x.override, x.earlier
	return c.Run(ctx)
}

// screens reports whether there is a terminal that screens can be drawn on.
func (a *app) screens() bool {
	out, ok := a.Out.(*os.File)
	return ok && !a.plain && a.Getenv("ACCESSIBLE") == "" && isTerminal(a.In) && isTerminal(out) &&
		a.Getenv("TERM") != "dumb" && a.Getenv("TERM") != ""
}

func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	return err == nil
}

// look is what the terminal can show. NO_COLOR counts with any value.
func (a *app) look() look.Look {
	locale := a.Getenv("LC_ALL") + a.Getenv("LC_CTYPE") + a.Getenv("LANG")
	return look.Look{
		Color:   a.Getenv("NO_COLOR") == "",
		Unicode: strings.Contains(strings.ToUpper(locale), "UTF-8") || strings.Contains(strings.ToUpper(locale), "UTF8"),
		Bare:    a.Getenv("TERM") == "linux" || a.Getenv("TERM") == "vt100",
	}
}

// opened is an exercise as the screens want it.
func (a *app) opened(x *exercise) ui.Exercise {
	return ui.Exercise{
		ID: x.id, Seat: x.seat, Again: x.resume, Resume: a.acting("resume", x.id), Had: x.had, Earlier: x.earlier, Override: x.override, Stays: x.owner == nil,
		Export: func() (string, error) { return export(x.dir) },
		Relay:  func(shown exec.Update) tea.ExecCommand { return a.newRelay(x, shown) },
		Report: func(exec.State) string {
			in, err := reportInput(x.dir)
			if err != nil {
				return "The report could not be made: " + err.Error()
			}
			return report.Body(report.Markdown(in))
		},
	}
}

// browse shows the library; whatever is opened there is closed behind it.
func (a *app) browse(entries []read.Entry, where string) error {
	var open *exercise
	c := ui.Config{Where: where, Rows: rows(entries, facts{}), Stand: func() ui.Library { return a.survey(entries) }, Open: func(r ui.Row) (ui.Exercise, error) {
		x, err := a.fromRow(r, entries)
		if err != nil {
			return ui.Exercise{}, err
		}
		open = x
		return a.opened(x), nil
	}}
	_, err := a.show(c)
	if open != nil {
		return a.close(open, err)
	}
	return err
}

// fromRow begins a row's exercise, or goes on with the one that is unfinished.
func (a *app) fromRow(r ui.Row, entries []read.Entry) (*exercise, error) {
	if r.Unfinished != "" {
		home, err := a.homeDir()
		if err != nil {
			return nil, err
		}
		dir, err := find(home, r.Unfinished)
		if err != nil {
			return nil, err
		}
		return a.reopen(dir, false, a.elsewhere)
	}
	for _, e := range entries {
		if e.Path == r.Path {
			return a.found(plan{
				copy: e.Copy, book: e.Playbook, scenario: r.Scenario, source: e.Path, kind: exec.Rehearsal, rule: exec.Strict, pace: 1, consent: a.elsewhere,
			})
		}
	}
	return nil, fmt.Errorf("%s is no longer in the library", r.Path)
}

// show runs the screens until they are left, the terminal is gone, or it is no
// longer ours.
func (a *app) show(c ui.Config) (*ui.App, error) {
	c.Who, c.Look = a.person(), a.look()
	c.SSH = a.Getenv("SSH_TTY") != "" || a.Getenv("SSH_CONNECTION") != ""
	if c.Again == "" {
		c.Again = a.command()
	}
	screens := ui.New(c)
	profile := colorprofile.NoTTY
	if c.Look.Color {
		profile = colorprofile.Detect(a.Out, a.Environ)
	} else {
		profile = colorprofile.Ascii
	}
	p := tea.NewProgram(screens, tea.WithInput(a.In), tea.WithOutput(a.Out), tea.WithoutSignalHandler(), tea.WithColorProfile(profile), tea.WithFPS(60))
	done := make(chan struct{})
	defer close(done)
	go a.guard(p, done) // ends with done
	_, err := p.Run()
	if errors.Is(err, tea.ErrProgramKilled) || errors.Is(err, tea.ErrInterrupted) {
		err = nil
	}
	return screens, err
}

// guard ends the screens when somebody asks this process to go, when the line
// is gone, or when the terminal's foreground is another's: a shell that took
// its terminal back must not be drawn over. What is recorded stays.
func (a *app) guard(p *tea.Program, done <-chan struct{}) {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGHUP, syscall.SIGTERM, os.Interrupt)
	defer signal.Stop(asked)
	look := time.NewTicker(250 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-done:
			return
		case <-asked:
			yield()
		case <-look.C:
			if foreground(a.In) {
				continue
			}
			yield()
		}
		if !a.relayed.Load() { // else the relay sees the same, and the screens leave after it
			p.Kill()
			return
		}
	}
}

// foreground reports whether the terminal's foreground group is ours.
func foreground(tty *os.File) bool {
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// yield lets the terminal be put in order from the background without being
// stopped for it. No command is started any more after this, so nobody
// inherits it.
func yield() { signal.Ignore(syscall.SIGTTOU, syscall.SIGTTIN) }
