package rollout

import (
	"fmt"
	"strings"
)

// A Caller is who AWS says has signed a request, by ARN. What is in an ARN is not all AWS's own: whoever takes on a role chooses the name of
// the session (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html), so that name says nothing of who it is. It is
// believed of IAM Identity Center alone, which writes the user's name there, and whose roles only AWS can change
// (https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html,
// https://repost.aws/knowledge-center/identity-center-aws-reserved-sso).
type Caller struct {
	kind    callerKind
	account string // with the partition before it
	role    string // name, without a path
	name    string // of the user, or of Identity Center's user, which is the name of the session
	session bool   // a session of a role that is anybody's: it says only which role it is
}

type callerKind int

const (
	nobodyKnown callerKind = iota
	iamUser
	roleOfAccount // any session of it: all are one caller
	centerUser
)

// ofCenter begins the names of the roles that IAM Identity Center makes. What follows is the permission set and sixteen characters.
const ofCenter = "AWSReservedSSO_"

// ReadCaller reads an ARN as AWS states it, or as people write it into a definition. It says why nobody in particular is behind one.
func ReadCaller(arn string) (Caller, *Rejection) {
	p := strings.SplitN(arn, ":", 6) // arn:partition:service::account:what
	if len(p) < 6 || p[0] != "arn" || p[4] == "" {
		return Caller{}, Because(fmt.Sprintf("%.120q is no ARN of a caller", arn), "write the Arn that aws sts get-caller-identity shows")
	}
	sort, rest, _ := strings.Cut(p[5], "/")
	c := Caller{account: p[1] + ":" + p[4]}
	switch service := p[2]; {
	case service == "iam" && sort == "user" && rest != "":
		c.kind, c.name = iamUser, rest
		return c, nil
	case service == "iam" && sort == "role" && rest != "":
		c.kind, c.role = roleOfAccount, rest[strings.LastIndexByte(rest, '/')+1:]
		return c, nil
	case service == "sts" && sort == "assumed-role":
		role, session, _ := strings.Cut(rest, "/")
		if role == "" || session == "" {
			break
		}
		c.kind, c.role = roleOfAccount, role
		if strings.HasPrefix(role, ofCenter) {
			c.kind, c.name = centerUser, session
		}
		c.session = c.kind == roleOfAccount
		return c, nil
	case service == "iam" && p[5] == "root":
		return Caller{}, Because("the root of an account is nobody in particular", "log in by IAM Identity Center, or use a role")
	case service == "sts" && sort == "federated-user":
		return Caller{}, Because("whoever makes a federated session chooses its name", "log in by IAM Identity Center, or use a role")
	}
	return Caller{}, Because(fmt.Sprintf("%.120q is neither a user, nor a role, nor a session of one", arn), "log in by IAM Identity Center, or use a role")
}

// Is says whether a caller is whom a definition names: an IAM user, a user of Identity Center with this very permission set, or a role, whoever
// has taken it on. A definition that names a session of such a role names nobody: whoever may take on the role can choose that name.
func (c Caller) Is(named Caller) bool {
	c.session = false
	return c.kind != nobodyKnown && c == named
}

// MayBe says whether two may be one person: then one of them does not approve what the other has asked for. It errs on that side. A user of
// Identity Center is the same with every permission set, and in every account; a role is one whoever has taken it on.
func (c Caller) MayBe(other Caller) bool {
	switch {
	case c.kind == nobodyKnown || other.kind == nobodyKnown:
		return false
	case c.kind == centerUser && other.kind == centerUser:
		return strings.EqualFold(c.name, other.name)
	case c.role != "" && c.role == other.role:
		return c.account == other.account
	}
	return c == other
}

// String is the caller in few words, for a line that people read: the ARN stands beside it in the record.
func (c Caller) String() string {
	if c.name != "" {
		return c.name
	}
	return "role " + c.role
}

// NameIt is what to write into a definition, so that it names whoever a way of answering knows by a name.
func NameIt(how, by string) string {
	if how != ByIAM {
		return "have yourself added to people of the definition"
	}
	c, refusal := ReadCaller(by)
	switch {
	case refusal != nil:
		return refusal.Remedy
	case c.kind == roleOfAccount:
		partition, account, _ := strings.Cut(c.account, ":")
		by = fmt.Sprintf("arn:%s:iam::%s:role/%s", partition, account, c.role)
	}
	return "have yourself added to people of the definition, with aws: " + by
}

// isCaller says whether two texts are ARNs of callers, of whom the first is the second.
func isCaller(stated, named string) bool {
	s, no := ReadCaller(stated)
	n, unnamed := ReadCaller(named)
	return no == nil && unnamed == nil && s.Is(n)
}

// mayBeCaller says whether two texts are ARNs of callers who may be one person.
func mayBeCaller(a, b string) bool {
	one, no := ReadCaller(a)
	other, neither := ReadCaller(b)
	return no == nil && neither == nil && one.MayBe(other)
}

// Briefly names whom AWS has stated in few words; other names stay as they are.
func Briefly(by string) string {
	if c, nobody := ReadCaller(by); nobody == nil {
		return c.String()
	}
	return by
}
