package traffic

import "time"

// Slowest is how long tasks or instances may take to come up. A task that never gets ready is replaced for ever by a service without circuit breaker, and
// for a day where ECS shifts traffic.
const Slowest = 30 * time.Minute

// Bearable is how many failures are borne until a candidate is given up, of as many tasks or instances: as many as by ECS' own circuit breaker
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html).
func Bearable(wanted int) int { return min(200, max(3, (wanted+1)/2)) }
