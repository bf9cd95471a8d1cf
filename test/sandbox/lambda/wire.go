package lambda

import (
	"net/http"

	"sluice/test/sandbox/wire"
)

// Wire registers the service: restJson1 with the paths of AWS's own model. Header, query and body bindings come from the
// SDK's schemas.
func (s *Service) Wire() wire.Service {
	return wire.Service{Name: "lambda", UpperCamel: true, EpochTimes: true, Routes: routes(), Impl: s, Scope: s.scope}
}

const (
	functions = "/2015-03-31/functions"
	one       = functions + "/{FunctionName}"
	aliases   = one + "/aliases"
	policies  = one + "/policy"
	capacity  = "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"
	address   = "/2021-10-31/functions/{FunctionName}/url"
	reserve   = "/2017-10-31/functions/{FunctionName}/concurrency"
	async     = "/2019-09-25/functions/{FunctionName}/event-invoke-config"
	tags      = "/2017-03-31/tags/{Resource}"
)

func routes() []wire.Route {
	const (
		get, post, put, del       = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
		created, accepted, silent = http.StatusCreated, http.StatusAccepted, http.StatusNoContent
	)
	qualifier := map[string]string{"Qualifier": "Qualifier"}
	return []wire.Route{
		{Method: post, Path: functions, Operation: "CreateFunction", Status: created},
		{Method: get, Path: functions, Operation: "ListFunctions"},
		{Method: get, Path: one, Operation: "GetFunction"},
		{Method: del, Path: one, Operation: "DeleteFunction", Status: silent},
		{Method: put, Path: one + "/code", Operation: "UpdateFunctionCode"},
		{Method: get, Path: one + "/configuration", Operation: "GetFunctionConfiguration"},
		{Method: put, Path: one + "/configuration", Operation: "UpdateFunctionConfiguration"},
		{
			Method: post, Path: one + "/invocations", Operation: "Invoke", Query: qualifier, Payload: "Payload",
			Header:     map[string]string{"X-Amz-Invocation-Type": "InvocationType", "X-Amz-Log-Type": "LogType", "X-Amz-Client-Context": "ClientContext"},
			HeaderOut:  map[string]string{"X-Amz-Executed-Version": "ExecutedVersion", "X-Amz-Function-Error": "FunctionError", "X-Amz-Log-Result": "LogResult"},
			PayloadOut: "Payload", StatusOut: "StatusCode",
		},
		{Method: get, Path: one + "/versions", Operation: "ListVersionsByFunction"},
		{Method: post, Path: one + "/versions", Operation: "PublishVersion", Status: created},

		{Method: post, Path: aliases, Operation: "CreateAlias", Status: created},
		{Method: get, Path: aliases, Operation: "ListAliases"},
		{Method: get, Path: aliases + "/{Name}", Operation: "GetAlias"},
		{Method: put, Path: aliases + "/{Name}", Operation: "UpdateAlias"},
		{Method: del, Path: aliases + "/{Name}", Operation: "DeleteAlias", Status: silent},

		{Method: post, Path: policies, Operation: "AddPermission", Query: qualifier, Status: created},
		{Method: get, Path: policies, Operation: "GetPolicy"},
		{Method: del, Path: policies + "/{StatementId}", Operation: "RemovePermission", Status: silent},

		{Method: post, Path: address, Operation: "CreateFunctionUrlConfig", Query: qualifier, Status: created},
		{Method: get, Path: address, Operation: "GetFunctionUrlConfig", Query: qualifier},

		{Method: get, Path: capacity, Operation: "GetProvisionedConcurrencyConfig"},
		{Method: put, Path: capacity, Operation: "PutProvisionedConcurrencyConfig", Query: qualifier, Status: accepted},

		{Method: put, Path: reserve, Operation: "PutFunctionConcurrency"},

		{Method: put, Path: async, Operation: "PutFunctionEventInvokeConfig", Query: qualifier},

		{Method: post, Path: tags, Operation: "TagResource", Status: silent},
		{Method: del, Path: tags, Operation: "UntagResource", Query: map[string]string{"tagKeys": "TagKeys"}, Status: silent},
		{Method: get, Path: tags, Operation: "ListTags"},
	}
}
