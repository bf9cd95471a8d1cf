package events

// movers read which target an event is about, by the event's source.
var movers = map[string]func(Raw) (target string, err error){
	cloudFormationSource: movedStack,
	ecsSource:            movedService,
	appConfigSource:      configured,
}

// Moves says whether an event tells of a target whose service moves it by itself.
func Moves(e Raw) bool { return movers[e.Source] != nil }

// ReadMoved is the id of the target of which such an event tells, as leases have it: "ecs:shop/checkout". What became of the target is read from its
// service: events come late, twice and out of order.
func ReadMoved(e Raw) (target string, err error) { return movers[e.Source](e) }
