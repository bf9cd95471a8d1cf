// Package keyvaluestore splits the traffic of a CloudFront distribution between two origins by what a key value store says. A CloudFront Function
// (infra/edge) reads it at the edge, for each request
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions.html).
//
// One key says which pool is stable, which is the candidate, and the candidate's weight. The store's ETag is the compare-and-set: PutKey names the one
// that it is based on. Whether a change that changes nothing makes a new ETag is undocumented, and a rollback depends on it: a forward move that was
// allowed before must not land after it. So each value says what it was written after, and no two are the same.
//
// The API wants signatures of version 4A, which the SDK makes by itself.
package keyvaluestore
