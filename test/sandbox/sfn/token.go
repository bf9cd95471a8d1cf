package sfn

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// A tokenMint makes task tokens and knows its own. A token names its execution and a number and carries a seal, so a
// token that was once issued can be told from one that was made up long after its task is gone.
type tokenMint struct{ key []byte }

func newTokenMint(r *random) tokenMint {
	a, b := r.bytes(), r.bytes()
	return tokenMint{key: append(a[:], b[:]...)}
}

func (m tokenMint) seal(body string) string {
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(body))
	return string(h.Sum(nil))
}

func (m tokenMint) issue(executionARN string, n int64) string {
	body := executionARN + "#" + strconv.FormatInt(n, 10)
	return base64.URLEncoding.EncodeToString([]byte(m.seal(body) + body))
}

// read takes a token apart; not ok means that this service never issued it.
func (m tokenMint) read(token string) (executionARN string, n int64, ok bool) {
	raw, err := base64.URLEncoding.DecodeString(token)
	if err != nil || len(raw) < sha256.Size {
		return "", 0, false
	}
	seal, body := string(raw[:sha256.Size]), string(raw[sha256.Size:])
	if !hmac.Equal([]byte(seal), []byte(m.seal(body))) {
		return "", 0, false
	}
	executionARN, digits, _ := strings.Cut(body, "#")
	n, err = strconv.ParseInt(digits, 10, 64)
	return executionARN, n, err == nil
}

// A callback is one attempt of a task that waits for its token. It is open while it stands in its execution's waiting
// map; whoever takes it out first (an answer, a time-out, the execution's end) decides what becomes of the attempt, so
// an answer that was accepted always counts and one that came late is refused.
type callback struct {
	run    *execution
	number int64
	token  string
	answer chan answer   // of size 1: filled by whoever took the callback
	beat   chan struct{} // of size 1
}

// An answer is what SendTaskSuccess or SendTaskFailure said.
type answer struct {
	output document
	fault  *failure
}

// listen opens a callback with a token of its own.
func (e *execution) listen() *callback {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.issued++
	c := &callback{run: e, number: e.issued, answer: make(chan answer, 1), beat: make(chan struct{}, 1)}
	c.token = e.service.tokens.issue(e.arn, c.number)
	if e.status == types.ExecutionStatusRunning {
		if e.waiting == nil {
			e.waiting = map[int64]*callback{}
		}
		e.waiting[c.number] = c
	}
	return c
}

// close ends the attempt; false means that an answer was accepted before.
func (c *callback) close() bool {
	c.run.mu.Lock()
	defer c.run.mu.Unlock()
	_, open := c.run.waiting[c.number]
	delete(c.run.waiting, c.number)
	return open || len(c.answer) == 0
}

// answerTask hands an answer to the attempt that the token belongs to, once.
func (s *Service) answerTask(token *string, a answer) error {
	e, n, err := s.openToken(token)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c, open := e.waiting[n]
	if !open {
		return tokenGone()
	}
	delete(e.waiting, n)
	c.answer <- a
	return nil
}

func (s *Service) beatTask(token *string) error {
	e, n, err := s.openToken(token)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c, open := e.waiting[n]
	if !open {
		return tokenGone()
	}
	select {
	case c.beat <- struct{}{}:
	default: // an earlier beat is about to be seen
	}
	return nil
}

func (s *Service) openToken(token *string) (*execution, int64, error) {
	arn, n, ok := s.tokens.read(aws.ToString(token))
	if !ok {
		return nil, 0, &types.InvalidToken{Message: aws.String("Invalid Token: 'Invalid token'")}
	}
	e := s.execution(arn)
	if e == nil {
		return nil, 0, &types.TaskDoesNotExist{Message: aws.String("Task does not exist: its execution is gone")}
	}
	return e, n, nil
}

// tokenGone is AWS's answer, in its words, for a token that was answered, timed out, retried or stopped.
func tokenGone() error {
	return &types.TaskTimedOut{Message: aws.String("Task Timed Out: 'Provided task does not exist anymore'")}
}
