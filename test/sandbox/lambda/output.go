package lambda

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"time"
)

// An output reads what a process writes, stdout and stderr together and in order, line by line. The sandbox keeps a
// writing end of the same pipe: a mark written there arrives after everything the process wrote before, so that an
// invocation's log can be known to be complete.
type output struct {
	read, write *os.File
	line        func([]byte)
	flushed     chan struct{} // one token for each mark that has arrived
	ended       chan struct{}
}

// mark ends with the line feed that ends a line for the reader. No text holds it.
var mark = []byte("\x00\x01flush\x01\x00\n")

// openOutput gives an output and the pipe's end for the process.
func openOutput(line func([]byte)) (*output, *os.File, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("opening pipe for output: %w", err)
	}
	o := &output{read: read, write: write, line: line, flushed: make(chan struct{}, 1), ended: make(chan struct{})}
	go o.run()
	return o, write, nil
}

func (o *output) run() {
	defer close(o.ended)
	r := bufio.NewReader(o.read)
	for {
		line, err := r.ReadBytes('\n')
		rest, marked := bytes.CutSuffix(line, mark)
		if rest = bytes.TrimSuffix(rest, []byte("\n")); len(rest) > 0 {
			o.line(rest)
		}
		if marked {
			o.flushed <- struct{}{}
		}
		if err != nil {
			return
		}
	}
}

// flush waits until all that was written so far has been read.
func (o *output) flush() {
	if _, err := o.write.Write(mark); err != nil {
		return // the process has ended, and close has flushed
	}
	select {
	case <-o.flushed:
	case <-o.ended:
	}
}

// close reads to the end. A process that fled its group and still holds the pipe is not waited for.
func (o *output) close() {
	_ = o.write.Close()
	select {
	case <-o.ended:
	case <-time.After(time.Second):
	}
	_ = o.read.Close()
	<-o.ended
}
