package exec

// A Pen says whether a seat may act. Of all the seats at an exercise one has the
// pen; the others see everything, may note, and may call stop. The zero Pen is
// in this seat's hand.
type Pen struct {
	Away  bool   // this seat does not have it
	With  string // who has it; "" where nobody does
	Looks bool   // this seat only looks on and can't take it
	Reads bool   // nor can it say anything: it reads the record, and nothing else
}

// Allow says whether an intent may come from a seat with this pen; whether the
// exercise itself allows it is another question.
func (p Pen) Allow(i Intent) Answer {
	if p.Reads {
		return no(p.Words() + ", and nothing reaches the exercise from here")
	}
	switch i.(type) {
	case Remark, CallStop:
		return yes()
	case Take:
		return p.allowTake()
	}
	return needs(!p.Away, p.Words()+"; from here you may note, and call stop")
}

func (p Pen) allowTake() Answer {
	switch {
	case !p.Away:
		return no("this seat has the pen already")
	case p.Looks:
		return no("this seat only looks on; whoever resumes the exercise can take the pen")
	}
	return yes()
}

// Words say who acts, where it is not this seat; "" where it is.
func (p Pen) Words() string {
	switch {
	case !p.Away:
		return ""
	case p.Reads:
		return "this seat only reads the record"
	case p.With == "":
		return "nobody has the pen"
	}
	return p.With + " has the pen"
}

// Allow says whether an intent may be carried out from the seat that is shown
// this: the rules of the exercise, and who has the pen.
func (u Update) Allow(i Intent) Answer {
	if a := u.Pen.Allow(i); a.Verdict != Allowed {
		return a
	}
	return Allow(u.State, i)
}
