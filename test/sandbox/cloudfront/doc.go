// Package cloudfront is the part of Amazon CloudFront that continuous deployment needs: distributions, staging distributions, continuous deployment
// policies, and edges that serve by them.
//
// A change of a distribution or a policy reaches one edge after the other, in the order in which changes were made. Until all have it, the
// distribution is InProgress. So for minutes some edges serve the old configuration and some the new one; Edge is one of them, as an http.Handler.
// An edge has no cache: each request goes to an origin. A function on viewers' requests is really run, and reads its key value store as its edge knows it.
//
// Documentation followed:
//   - https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-continuous-deployment.html
//   - https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/continuous-deployment-quotas-considerations.html
//   - https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudfront-metrics.html
//   - https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistributionWithStagingConfig.html and the pages beside it
//   - https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
//   - https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html
//
// What no page says is marked undocumented where it is decided.
package cloudfront
