package sfn_test

import (
	"regexp"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

func TestIntrinsicFunctions(t *testing.T) {
	const input = `{"name":"Foo","l":[1,2,3,3],"o":{"b":1,"a":[2]},"text":"{\"k\":1}","n":null}`
	tests := map[string]string{
		`States.Format('Hello, {}: {} {}', $.name, $.n, true)`:         `"Hello, Foo: null true"`,
		`States.Format('it\'s a \{\} and {}', 5)`:                      `"it's a {} and 5"`,
		`States.StringToJson($.text)`:                                  `{"k":1}`,
		`States.JsonToString($.o)`:                                     `"{\"a\":[2],\"b\":1}"`,
		`States.JsonMerge($.o, States.StringToJson('{"b":9}'), false)`: `{"a":[2],"b":9}`,
		`States.Array($.name, 1, null, States.Array())`:                `["Foo",1,null,[]]`,
		`States.ArrayPartition($.l, 3)`:                                `[[1,2,3],[3]]`,
		`States.ArrayContains($.l, 3)`:                                 `true`,
		`States.ArrayContains($.l, '3')`:                               `false`,
		`States.ArrayRange(1, 9, 4)`:                                   `[1,5,9]`,
		`States.ArrayGetItem($.l, 1)`:                                  `2`,
		`States.ArrayLength($.l)`:                                      `4`,
		`States.ArrayUnique($.l)`:                                      `[1,2,3]`,
		`States.Base64Encode('Data')`:                                  `"RGF0YQ=="`,
		`States.Base64Decode('RGF0YQ==')`:                              `"Data"`,
		`States.Hash('abc', 'SHA-256')`:                                `"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"`,
		`States.MathAdd(111, -1)`:                                      `110`,
		`States.StringSplit('1.2+3', '.+')`:                            `["1","2","3"]`,
	}
	for call, want := range tests {
		t.Run(call, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				wantOutput(t, h.run(`"A":{"Type":"Pass","Parameters":{"v.$":`+quote(call)+`},"OutputPath":"$.v","End":true}`, input), want)
			})
		})
	}
}

func TestUUIDsDiffer(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		got := h.run(`"A":{"Type":"Pass","Parameters":{"a.$":"States.UUID()","b.$":"States.UUID()"},"OutputPath":"$['a','b']","End":true}`, `{}`)
		m := regexp.MustCompile(`^\["([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})","(.*)"\]$`).FindStringSubmatch(*got.Output)
		if m == nil || m[1] == m[2] {
			t.Errorf("output %s", *got.Output)
		}
	})
}

func TestIntrinsicFailureCanBeCaught(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		got := h.run(`"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f","Payload.$":"States.StringToJson('{')"},"End":true,
			"Catch":[{"ErrorEquals":["States.IntrinsicFailure"],"Next":"B"}]},"B":{"Type":"Pass","OutputPath":"$.Error","End":true}`, `{}`)
		wantOutput(t, got, `"States.IntrinsicFailure"`)
		if got.Status != types.ExecutionStatusSucceeded {
			t.Error(got.Status)
		}
	})
}
