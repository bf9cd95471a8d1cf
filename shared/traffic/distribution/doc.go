// Package distribution splits traffic between two configurations of a CloudFront distribution by continuous deployment
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/continuous-deployment.html).
//
// A revision is the digest of what continuous deployment carries from a staging distribution to the primary one, and not an ETag: a promotion copies a
// configuration and makes new ETags, and the digest stays (Digest).
//
// Four distributions hold configurations. The primary one serves viewers, and what it has is stable. The staging one gets a share by the policy, 15 % at
// most. The draft is where people put the next configuration. The previous one keeps what to go back to while a promotion is made, because a promotion
// overwrites it and CloudFront has no way back: so at each moment some distribution has it, whatever dies. After the promotion, staging has it, too:
// then going back is the one call that promoting was.
//
// ETags are the compare-and-set. A change of the share depends on the policy's, a promotion on those of the primary and the staging distribution. A
// rollback that only turns the policy off would not keep a promotion from landing after it. So a promotion is announced in the policy first:
// whoever goes back then finds its lock outdated, sees the announcement, and changes the staging distribution before the policy, which makes the
// promotion's ETag outdated.
package distribution
