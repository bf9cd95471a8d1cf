// Command web is the service of the show alb: a web server in a task. It answers with its revision, and fails as many requests as its image says.
package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve tells where it listens, and ends with its standard input: whoever started it may be gone.
func serve() error {
	failing, err := strconv.ParseFloat(os.Getenv("FAILING"), 64)
	if err != nil {
		return fmt.Errorf("reading FAILING: %w", err)
	}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(socket.Addr())
	server := &http.Server{Handler: shop(os.Getenv("REVISION"), func() bool { return rand.Float64()*100 < failing }), ReadHeaderTimeout: time.Minute}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
	}()
	if err := server.Serve(socket); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// shop answers with its revision. Health checks never fail: what they see is seldom what users see.
func shop(revision string, fails func() bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Revision", revision)
		if r.URL.Path != "/health" && fails() {
			http.Error(w, "payment failed: the new currency table has no entry for EUR", http.StatusInternalServerError)
			return
		}
		_, _ = fmt.Fprintln(w, "paid, by revision "+revision)
	})
}
