// Package dynamodb is Amazon DynamoDB in memory: tables with global secondary indexes, the expression language, conditional
// writes, transactions and time to live, with DynamoDB's own error messages.
//
// A reader may start with the expressions, which know nothing of tables: lexer.go cuts a text into tokens, parser.go and
// its companions make a tree of it once and keep it, scope.go binds the tree to the #names and :values of a request,
// condition.go, function.go and update.go carry it out on an item. Items are immutable, so an update makes a new item
// (tree.go, update.go) and a failed transaction has nothing to undo. table.go, index.go and expiry.go store them; write.go
// is the one way by which every write goes; the operations, in the SDK's shapes, are in the files named after them.
//
// What differs from AWS: one lock orders all calls, so there is never a TransactionConflict; global secondary indexes
// are up to date at once, but for calls that are Lagging; capacity is neither consumed nor reported. What is not implemented (legacy parameters, local
// secondary indexes, streams, PartiQL, parallel scans, keys of several attributes) is refused by name.
package dynamodb

import (
	"strings"
	"sync"
	"time"

	"sluice/test/sandbox/wire"
)

// Service is one account's DynamoDB in one region. It is safe for concurrent use.
type Service struct {
	home wire.Home

	mu         sync.Mutex    // never held while waiting
	memory     time.Duration // of changes, for calls that are behind
	tables     map[string]*table
	spent      map[string]transaction // by ClientRequestToken
	spentLimit int                    // number of tokens at which old ones are looked for
}

// New makes a DynamoDB without tables.
func New(home wire.Home) *Service {
	return &Service{home: home, tables: map[string]*table{}, spent: map[string]transaction{}}
}

// Wire registers the service with the server that speaks AWS's protocols.
func (s *Service) Wire() wire.Service {
	return wire.Service{
		Name:        "dynamodb",
		Target:      "DynamoDB_20120810",
		JSONVersion: "1.0",
		UpperCamel:  true,
		EpochTimes:  true,
		Impl:        s,
		Scope:       s.scope,
	}
}

// table finds a table by name or ARN and deletes what has expired in it. The caller holds the lock.
func (s *Service) table(nameOrARN string) (*table, error) {
	t, found := s.tables[tableName(nameOrARN)]
	if !found {
		return nil, tableMissing()
	}
	t.expire(time.Now())
	return t, nil
}

// tableName accepts what a TableName parameter may hold: a name or an ARN.
func tableName(nameOrARN string) string {
	if _, name, isARN := strings.Cut(nameOrARN, ":table/"); isARN {
		return name
	}
	return nameOrARN
}

func (s *Service) tableARN(name string) string {
	return s.home.ARN("dynamodb", "table/"+tableName(name))
}

// checkTableName refuses what cannot be the name of a table.
func checkTableName(name *string) error {
	if name == nil {
		return required("TableName")
	}
	plain := tableName(*name)
	if len(plain) < 3 || len(plain) > 255 {
		return invalid("TableName must be at least 3 characters long and at most 255 characters long")
	}
	if spanOf(plain, isTableNamePart) != len(plain) {
		return invalid("1 validation error detected: Value '%s' at 'tableName' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+", plain)
	}
	return nil
}

func isTableNamePart(c byte) bool { return isNamePart(c) || c == '.' || c == '-' }
