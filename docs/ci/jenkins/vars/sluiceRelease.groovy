// A step for Jenkins pipelines: sluiceRelease service: 'checkout', revision: version
//
// Make this repository a shared library (Manage Jenkins, Global Pipeline Libraries, Modern SCM) with the library path docs/ci/jenkins. The agent has
// the program sluice on its PATH, and a role with the policy that the stack's output OperatorPolicy names. The step answers a map with release, end
// and url, and fails unless the release succeeds.
def call(Map said) {
    ['service', 'revision'].each { if (!said[it]) { error "sluiceRelease: ${it} is missing, such as: sluiceRelease service: 'checkout', revision: '42'" } }
    def file = "sluice-${env.BUILD_ID}-${said.service}.properties"
    def settings = [
        "SLUICE_SERVICE=${said.service}", "SLUICE_REVISION=${said.revision}", "SLUICE_ENVIRONMENT=${said.environment ?: 'production'}",
        "SLUICE_COMMIT=${said.commit ?: env.GIT_COMMIT ?: ''}", "SLUICE_AUTHOR=${said.author ?: ''}", "SLUICE_REASON=${said.reason ?: ''}",
        "SLUICE_KEY=${said.key ?: env.BUILD_TAG ?: ''}", "SLUICE_PATIENCE=${said.patience ?: '4h'}", "SLUICE_ON_CANCEL=${said.onCancel ?: 'abort'}", "SLUICE_RESULT=${file}"
    ]
    def status = 0
    withEnv(settings) {
        status = sh(returnStatus: true, label: "Release ${said.service} ${said.revision}", script: '''
            exec sluice release "$SLUICE_SERVICE" "$SLUICE_REVISION" --watch --patience "$SLUICE_PATIENCE" --key "$SLUICE_KEY" --commit "$SLUICE_COMMIT" --author "$SLUICE_AUTHOR" --reason "$SLUICE_REASON" --on-cancel "$SLUICE_ON_CANCEL" --result "$SLUICE_RESULT"
        ''')
    }
    def outcome = fileExists(file) ? readFile(file).readLines().collectEntries { line -> def (key, value) = line.split('=', 2).toList(); [(key): value] } : [:]
    if (status != 0) { error "sluiceRelease: ${said.service} ${said.revision} ended with exit status ${status} (${outcome.end ?: 'no end'}): ${outcome.url ?: 'see above'}" }
    return outcome
}
