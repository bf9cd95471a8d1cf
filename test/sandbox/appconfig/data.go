package appconfig

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	dataapi "github.com/aws/aws-sdk-go-v2/service/appconfigdata"
	datatypes "github.com/aws/aws-sdk-go-v2/service/appconfigdata/types"

	"sluice/test/sandbox/wire"
)

// The times of sessions: https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_appconfigdata_StartConfigurationSession.html and
// API_appconfigdata_GetLatestConfiguration.html. That a client is asked to wait for a minute unless it names another time is a belief.
const (
	shortestPoll, longestPoll = 15, 86400 // seconds
	usualPoll                 = 60
	tokenLasts                = 24 * time.Hour
)

// session is one caller of the data plane. Its place among all callers is drawn once: the growth of a deployment passes it once.
type session struct {
	of       *environment
	profile  *profile
	place    float64 // in [0,100)
	interval int32   // the shortest between polls, in seconds; 0: any
	knows    *version
	given    time.Time // when its token was
	polled   time.Time
}

// Data is the data plane: a service of its own, with two operations.
type Data struct{ of *Service }

// Data is the service's data plane.
func (s *Service) Data() *Data { return &Data{s} }

// StartConfigurationSession begins a session.
func (d *Data) StartConfigurationSession(_ context.Context, in *dataapi.StartConfigurationSessionInput) (*dataapi.StartConfigurationSessionOutput, error) {
	s := d.of
	s.mu.Lock()
	defer s.mu.Unlock()
	e, p := s.find(aws.ToString(in.ApplicationIdentifier), aws.ToString(in.EnvironmentIdentifier), aws.ToString(in.ConfigurationProfileIdentifier))
	if e == nil || p == nil {
		return nil, &datatypes.ResourceNotFoundException{Message: aws.String("The application, environment or configuration profile could not be found.")}
	}
	interval := aws.ToInt32(in.RequiredMinimumPollIntervalInSeconds)
	if in.RequiredMinimumPollIntervalInSeconds != nil && (interval < shortestPoll || interval > longestPoll) {
		return nil, &datatypes.BadRequestException{Message: aws.String("RequiredMinimumPollIntervalInSeconds must be from 15 to 86400.")}
	}
	token := s.keep(&session{of: e, profile: p, place: 100 * s.o.Chance(), interval: interval})
	return &dataapi.StartConfigurationSessionOutput{InitialConfigurationToken: &token}, nil
}

// find takes ids and names. The caller holds the lock.
func (s *Service) find(app, env, prof string) (e *environment, p *profile) {
	for _, a := range s.applications {
		if a.id != app && a.name != app {
			continue
		}
		for _, one := range a.environments {
			if one.id == env || one.name == env {
				e = one
			}
		}
		for _, one := range a.profiles {
			if one.id == prof || one.name == prof {
				p = one
			}
		}
	}
	return e, p
}

// keep gives a session a token that is good for one call.
func (s *Service) keep(of *session) (token string) {
	of.given, token = time.Now(), rand.Text()
	s.sessions[token] = of
	return token
}

// GetLatestConfiguration answers what a session's caller is to know, or nothing if it knows that. A token is good for one call, and for 24 hours.
func (d *Data) GetLatestConfiguration(_ context.Context, in *dataapi.GetLatestConfigurationInput) (*dataapi.GetLatestConfigurationOutput, error) {
	s := d.of
	s.mu.Lock()
	defer s.mu.Unlock()
	token := aws.ToString(in.ConfigurationToken)
	is := s.sessions[token]
	switch {
	case is == nil:
		return nil, problem(datatypes.InvalidParameterProblemCorrupted)
	case time.Since(is.given) > tokenLasts:
		delete(s.sessions, token)
		return nil, problem(datatypes.InvalidParameterProblemExpired)
	case time.Since(is.polled) < time.Duration(is.interval)*time.Second:
		return nil, problem(datatypes.InvalidParameterProblemPollIntervalNotSatisfied)
	}
	serves := is.of.servesTo(is.profile, is.place)
	if serves == nil { // belief: the session is there, and there is nothing for it yet
		return nil, &datatypes.ResourceNotFoundException{Message: aws.String("No configuration was deployed yet."), ResourceType: datatypes.ResourceTypeDeployment}
	}
	delete(s.sessions, token)
	is.polled = time.Now()
	next := s.keep(is)
	out := &dataapi.GetLatestConfigurationOutput{NextPollConfigurationToken: &next, NextPollIntervalInSeconds: max(is.interval, usualPoll)}
	if is.interval > 0 {
		out.NextPollIntervalInSeconds = is.interval
	}
	if is.knows != serves {
		out.Configuration, out.ContentType, out.VersionLabel, is.knows = is.profile.shown(serves), &serves.contentType, serves.labelled(), serves
	}
	return out, nil
}

// servesTo is the version that a caller at a place is served.
func (e *environment) servesTo(p *profile, place float64) *version {
	if d := e.underWay(); d != nil && d.of == p && place < d.percent {
		return d.version
	}
	return e.serves[p.id]
}

func problem(what datatypes.InvalidParameterProblem) error {
	return &datatypes.BadRequestException{
		Message: aws.String("Request is invalid: " + string(what)), Reason: datatypes.BadRequestReasonInvalidParameters,
		Details: &datatypes.BadRequestDetailsMemberInvalidParameters{Value: map[string]datatypes.InvalidParameterDetail{"ConfigurationToken": {Problem: what}}},
	}
}

// Wire registers the data plane. Its requests are signed for appconfig, and so are its actions called
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappconfig.html).
func (d *Data) Wire() wire.Service {
	return wire.Service{Name: "appconfigdata", UpperCamel: true, Impl: d, Scope: d.scope, Routes: []wire.Route{
		{Method: "POST", Path: "/configurationsessions", Operation: "StartConfigurationSession", Status: 201},
		{
			Method: "GET", Path: "/configuration", Operation: "GetLatestConfiguration", Query: map[string]string{"configuration_token": "ConfigurationToken"},
			PayloadOut: "Configuration", HeaderOut: map[string]string{
				"Next-Poll-Configuration-Token": "NextPollConfigurationToken", "Next-Poll-Interval-In-Seconds": "NextPollIntervalInSeconds", "Content-Type": "ContentType", "Version-Label": "VersionLabel",
			},
		},
	}}
}

func (d *Data) scope(operation string, input any) []wire.Grant {
	s, of := d.of, "application/*/environment/*/configuration/*"
	s.mu.Lock()
	defer s.mu.Unlock()
	var e *environment
	var p *profile
	switch in := input.(type) {
	case *dataapi.StartConfigurationSessionInput:
		e, p = s.find(aws.ToString(in.ApplicationIdentifier), aws.ToString(in.EnvironmentIdentifier), aws.ToString(in.ConfigurationProfileIdentifier))
	case *dataapi.GetLatestConfigurationInput:
		if is := s.sessions[aws.ToString(in.ConfigurationToken)]; is != nil {
			e, p = is.of, is.profile
		}
	}
	if e != nil && p != nil {
		of = e.arn() + "/configuration/" + p.id
	}
	return []wire.Grant{{Action: "appconfig:" + operation, Resource: s.arn(of)}}
}
