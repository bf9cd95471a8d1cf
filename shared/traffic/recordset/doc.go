// Package recordset splits traffic between two pools by the weights of records of Route 53
// (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html).
//
// A batch is the compare-and-set: it deletes the records with all their values as they were read, and makes them anew with other weights. Route 53
// carries out the whole batch or nothing, and refuses it when a record has changed. So the lock is what the records are, and it comes back when
// somebody moves the traffic there and back. A forward move is therefore asked for once more after it was made (traffic.Ports.Unlocked).
//
// A pool that is out has no record. A record of weight 0 would be used again when all others are unhealthy
// (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html). The definition says how to make it again.
//
// A batch is done when its change is INSYNC, on all name servers. Only the answer to the batch names the change, so the tag of the split carries it.
package recordset
