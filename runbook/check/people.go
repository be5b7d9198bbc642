package check

var peopleChecks = []Check{}
