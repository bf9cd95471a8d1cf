package lambda

import (
	"encoding/json"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// tailSize is how much of its log an invocation can return (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
const tailSize = 4 << 10

// An invocationLog is the log of one invocation, framed by the lines that Lambda adds.
type invocationLog struct {
	id     string
	config types.FunctionConfiguration
	sink   func(function string, line []byte)
	unread bool // nobody takes its lines, so none is written

	mu   sync.Mutex
	tail []byte
}

func (s *Service) openLog(c types.FunctionConfiguration, r request) *invocationLog {
	return &invocationLog{id: r.id, config: c, sink: s.o.Logs, unread: s.o.Logs == nil && !r.tail}
}

// line takes one line, without its line feed.
func (l *invocationLog) line(line []byte) {
	if l.sink != nil {
		l.sink(*l.config.FunctionName, line)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tail = append(append(l.tail, line...), '\n')
	if extra := len(l.tail) - tailSize; extra > 0 {
		l.tail = append(l.tail[:0], l.tail[extra:]...)
	}
}

func (l *invocationLog) last() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tail
}

func (l *invocationLog) start() {
	if l.unread {
		return
	}
	if logsJSON(l.config) {
		l.event("platform.start", platformStart{l.id, *l.config.Version})
		return
	}
	l.line(fmt.Appendf(nil, "START RequestId: %s Version: %s", l.id, *l.config.Version))
}

// end writes END and REPORT. The billed duration holds the cold start, as it does since August 2025.
func (l *invocationLog) end(o outcome, took, initialised time.Duration) {
	if l.unread {
		return
	}
	billed := math.Ceil(milliseconds(took + initialised))
	if logsJSON(l.config) {
		l.reportJSON(o, took, initialised, billed)
		return
	}
	if o.status == "timeout" || o.status == "error" {
		_, message := failure(o.payload)
		l.line([]byte(message))
	}
	l.line([]byte("END RequestId: " + l.id))
	report := fmt.Appendf(nil, "REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %.0f ms\tMemory Size: %d MB\t",
		l.id, milliseconds(took), billed, *l.config.MemorySize)
	if o.memory > 0 {
		report = fmt.Appendf(report, "Max Memory Used: %d MB\t", o.memory)
	}
	if initialised > 0 {
		report = fmt.Appendf(report, "Init Duration: %.2f ms\t", milliseconds(initialised))
	}
	if o.status != "" {
		report = fmt.Appendf(report, "Status: %s", o.status)
	}
	l.line(report)
}

// reportJSON writes REPORT as the JSON log format has it
// (https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report).
func (l *invocationLog) reportJSON(o outcome, took, initialised time.Duration, billed float64) {
	status := o.status
	if status == "" {
		status = "success"
		if o.fault != "" {
			status = "error"
		}
	}
	l.event("platform.report", platformReport{platformMetrics{
		BilledDuration: billed, Duration: milliseconds(took), InitDuration: milliseconds(initialised), MaxMemoryUsed: o.memory, MemorySize: *l.config.MemorySize,
	}, l.id, status})
}

// The records of the JSON log format, and the event around them. Their members stand in the order of the alphabet.
type (
	platformEvent struct {
		Record any    `json:"record"`
		Time   string `json:"time"`
		Type   string `json:"type"`
	}
	platformStart struct {
		RequestID string `json:"requestId"`
		Version   string `json:"version"`
	}
	platformReport struct {
		Metrics   platformMetrics `json:"metrics"`
		RequestID string          `json:"requestId"`
		Status    string          `json:"status"`
	}
	platformMetrics struct {
		BilledDuration float64 `json:"billedDurationMs"`
		Duration       float64 `json:"durationMs"`
		InitDuration   float64 `json:"initDurationMs,omitempty"`
		MaxMemoryUsed  int     `json:"maxMemoryUsedMB,omitempty"`
		MemorySize     int32   `json:"memorySizeMB"`
	}
)

func (l *invocationLog) event(kind string, record any) {
	line, err := json.Marshal(platformEvent{Record: record, Time: time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), Type: kind})
	if err != nil {
		panic(fmt.Sprintf("marshalling a log line of strings and numbers: %v", err))
	}
	l.line(line)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
