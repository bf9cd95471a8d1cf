package kind

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// RecordSetID is the kind of weighted records of Route 53.
const RecordSetID ID = "recordSet"

var recordSet = Facts{
	ID: RecordSetID, Title: "Route 53 record set", Prefix: "record", Suffix: "-record-set",
	Revision: Revision{
		Word: "pool", Example: "blue", Grammar: poolGrammar,
		Remedy: "write the label of the pool that is to serve, one of the two under target.recordSet.records[].to: bring the new software out there first",
	},
	Smallest: 10000 / WeightOfAll, // weights are whole numbers up to 255 (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html)
	Locks:    true,                // a DELETE names all values that the record has, and a batch is carried out whole
	// All clients of a resolver meet one pool until the TTL is over.
	Spreads: SpreadClients,
	Silence: Holds,
	Slow:    true,
	// At most a minute until all name servers have a change, and the TTL until resolvers ask again. Clients that keep addresses longer come later.
	Way: Way{During: propagation + defaultTTL*time.Second, After: propagation + defaultTTL*time.Second},
}

const (
	// WeightOfAll is what the weights of both pools add up to.
	WeightOfAll = 200

	poolGrammar = `[A-Za-z0-9][A-Za-z0-9_.-]{0,62}`
	propagation = time.Minute // https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html
	defaultTTL  = 60
)

// RecordSet is one or several names of a hosted zone, each with a weighted record for each of two pools. A pool is what serves, and its label is the
// records' set identifier. The label is the revision, too: whoever asks for a release has brought the new software out in the pool that is idle.
//
// The definition says where the records of each pool lead. So a record that was deleted because its pool is out can be made again without anybody
// having kept it.
type RecordSet struct {
	Zone    string                 `json:"zone"`          // id of the hosted zone, public or private
	TTL     int                    `json:"ttl,omitempty"` // in seconds, of records that are no aliases; 0 means 60
	Records []Record               `json:"records"`       // names that are shifted together
	Counts  map[string]PoolMetrics `json:"metrics,omitempty"`
}

// Record is a name and a type, with what it leads to by pool.
type Record struct {
	Name string              `json:"name"`
	Type string              `json:"type"`
	To   map[string]Endpoint `json:"to"`
}

// Endpoint is what a pool's record leads to: a value or an alias.
type Endpoint struct {
	Value       string `json:"value,omitempty"` // an address, or a name for a CNAME
	Alias       *Alias `json:"alias,omitempty"`
	HealthCheck string `json:"healthCheck,omitempty"`
}

// Alias is what an alias record points to.
type Alias struct {
	Zone   string `json:"zone"` // of what it points to
	Name   string `json:"name"`
	Health bool   `json:"evaluateTargetHealth,omitempty"`
}

var (
	_ Lingering   = RecordSet{}
	_ Conditioned = RecordSet{}
	_ Several     = RecordSet{}
)

// Kind implements Spec.
func (RecordSet) Kind() ID { return RecordSetID }

// Name implements Spec: zone, name and type of the first record.
func (r RecordSet) Name() string {
	if len(r.Records) == 0 {
		return r.Zone
	}
	return r.Zone + ":" + r.Records[0].Name + ":" + r.Records[0].Type
}

// Names implements Several.
func (r RecordSet) Names() []string {
	var names []string
	for i := range r.Records {
		names = append(names, RecordSet{Zone: r.Zone, Records: r.Records[i:]}.Name())
	}
	return names
}

// String implements Spec.
func (r RecordSet) String() string {
	var names []string
	for _, record := range r.Records {
		names = append(names, record.Name+" "+record.Type)
	}
	return "records " + strings.Join(names, ", ") + " of zone " + r.Zone
}

// Seconds is the TTL of records that are no aliases.
func (r RecordSet) Seconds() int {
	if r.TTL == 0 {
		return defaultTTL
	}
	return r.TTL
}

// WayBack implements Lingering: it is how long it takes until resolvers that honour the TTL lead nobody to a pool any more.
func (r RecordSet) WayBack() time.Duration {
	return propagation + time.Duration(r.Seconds())*time.Second
}

// Caution implements Lingering.
func (r RecordSet) Caution() string {
	if r.Seconds() <= defaultTTL {
		return ""
	}
	return fmt.Sprintf("the TTL of %d s keeps clients at a pool that is out: write ttl: %d, or less", r.Seconds(), defaultTTL)
}

// Pools are the labels of the two pools, in the order of the alphabet.
func (r RecordSet) Pools() []string {
	if len(r.Records) == 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(r.Records[0].To))
}

// Metrics implements Spec, by what the definition names. Route 53 counts nothing by record.
func (r RecordSet) Metrics(pool string) Metrics { return counted(r.Counts, r.Pools(), pool) }

// Restore implements Spec. Who does it by hand leaves the other pool a record of weight 0; Sluice deletes such a record with the next release.
func (r RecordSet) Restore(pool string) string {
	type change struct {
		Action            string
		ResourceRecordSet map[string]any
	}
	var batch struct{ Changes []change }
	for _, record := range r.Records {
		for _, p := range r.Pools() {
			weight := 0
			if p == pool {
				weight = WeightOfAll
			}
			batch.Changes = append(batch.Changes, change{"UPSERT", r.written(record, p, weight)})
		}
	}
	text, _ := json.Marshal(batch) // strings and numbers only
	return fmt.Sprintf("aws route53 change-resource-record-sets --hosted-zone-id %s --change-batch '%s'", r.Zone, text)
}

// written is a pool's record as the AWS CLI takes it.
func (r RecordSet) written(record Record, pool string, weight int) map[string]any {
	to := record.To[pool]
	set := map[string]any{"Name": record.Name, "Type": record.Type, "SetIdentifier": pool, "Weight": weight}
	if to.Alias != nil {
		set["AliasTarget"] = map[string]any{"HostedZoneId": to.Alias.Zone, "DNSName": to.Alias.Name, "EvaluateTargetHealth": to.Alias.Health}
	} else {
		set["TTL"], set["ResourceRecords"] = r.Seconds(), []map[string]string{{"Value": to.Value}}
	}
	if to.HealthCheck != "" {
		set["HealthCheckId"] = to.HealthCheck
	}
	return set
}

// Needs implements Spec. The ARNs of hosted zones and changes have neither account nor Region. The ids of changes are not known before
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html).
func (r RecordSet) Needs(function string, _ Uses) []Need {
	zone := func(sid string, actions ...string) Need {
		return Need{sid, actions, "route53", "hostedzone/" + r.Zone}
	}
	read, move := zone("ReadRecords", "route53:ListResourceRecordSets"), zone(moveRecords, "route53:ChangeResourceRecordSets")
	follow := Need{"FollowChanges", []string{"route53:GetChange"}, "route53", "change/*"}
	switch function {
	case "plan":
		return []Need{zone("ReadRecords", "route53:ListResourceRecordSets", "route53:ListResourceRecordSetProtections")}
	case "admit":
		return []Need{read}
	case "shift", "rollback":
		return []Need{read, move, follow}
	case "settle", "guard":
		return []Need{read, move}
	}
	return nil
}

// When implements Conditioned: the records of the target and no others of the zone, in batches that delete and create
// (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html). Names are normalised there as the schema wants them. A
// list of values holds for a request without the key, too; Null refuses that.
func (r RecordSet) When(sid string) map[string]map[string]any {
	if sid != moveRecords {
		return nil
	}
	const key = "route53:ChangeResourceRecordSets"
	var names, types []string
	for _, record := range r.Records {
		names, types = append(names, record.Name), append(types, record.Type)
	}
	return map[string]map[string]any{
		"ForAllValues:StringEquals": {key + "NormalizedRecordNames": names, key + "RecordTypes": types, key + "Actions": []string{"CREATE", "DELETE"}},
		"Null":                      {key + "NormalizedRecordNames": "false"},
	}
}

const moveRecords = "MoveRecords"
