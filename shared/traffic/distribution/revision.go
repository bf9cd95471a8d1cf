package distribution

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// carried are the parts of a configuration that may differ between a primary distribution and its staging distribution, and that a promotion copies. The
// comment may differ, too, but serves nobody
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-continuous-deployment.html#updating-staging-and-primary-distributions).
type carried struct {
	DefaultCacheBehavior *types.DefaultCacheBehavior
	CacheBehaviors       *types.CacheBehaviors
	Origins              *types.Origins
	OriginGroups         *types.OriginGroups
	CustomErrorResponses *types.CustomErrorResponses
	Restrictions         *types.Restrictions
	DefaultRootObject    *string
	Logging              *types.LoggingConfig
}

func carriedOf(c *types.DistributionConfig) carried {
	return carried{
		c.DefaultCacheBehavior, c.CacheBehaviors, c.Origins, c.OriginGroups, c.CustomErrorResponses, c.Restrictions, c.DefaultRootObject, c.Logging,
	}
}

// with is a configuration with the carried parts of another one. The rest stays: names, the policy, whether it is on.
func with(c *types.DistributionConfig, other carried) *types.DistributionConfig {
	next := *c
	next.DefaultCacheBehavior, next.CacheBehaviors, next.Origins, next.OriginGroups = other.DefaultCacheBehavior, other.CacheBehaviors, other.Origins, other.OriginGroups
	next.CustomErrorResponses, next.Restrictions, next.DefaultRootObject, next.Logging = other.CustomErrorResponses, other.Restrictions, other.DefaultRootObject, other.Logging
	return &next
}

// Digest names a configuration: twelve hexadecimal digits of the SHA-256 of its carried parts, written as `jq -cS` writes them. What says nothing is left
// out (quantities, empty members), and what has no order is sorted (lists of words, origins).
func Digest(c *types.DistributionConfig) (string, error) {
	tree, err := treeOf(carriedOf(c))
	if err != nil {
		return "", err
	}
	if origins, ok := tree["Origins"].(map[string]any); ok {
		if items, ok := origins["Items"].([]any); ok {
			slices.SortFunc(items, func(a, b any) int { return cmp.Compare(idOf(a), idOf(b)) })
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(tree); err != nil {
		return "", fmt.Errorf("writing a configuration: %w", err)
	}
	sum := sha256.Sum256(bytes.TrimSuffix(text.Bytes(), []byte("\n")))
	return hex.EncodeToString(sum[:6]), nil
}

// treeOf is a value as JSON has it, without what says nothing.
func treeOf(v any) (map[string]any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("reading a configuration: %w", err)
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, fmt.Errorf("reading a configuration: %w", err)
	}
	plain, _ := pruned(tree).(map[string]any)
	return plain, nil
}

// pruned leaves out what says nothing, from the leaves up, and sorts lists of words.
func pruned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return prunedMembers(v)
	case []any:
		if len(v) == 0 {
			return nil
		}
		words := true
		for i := range v {
			if _, word := v[i].(string); !word {
				words = false
			}
			v[i] = pruned(v[i])
		}
		if words {
			slices.SortFunc(v, func(a, b any) int { return cmp.Compare(a.(string), b.(string)) })
		}
		return v
	case string:
		if v == "" {
			return nil
		}
	}
	return v
}

func prunedMembers(members map[string]any) any {
	delete(members, "Quantity")
	for name, member := range members {
		if members[name] = pruned(member); members[name] == nil {
			delete(members, name)
		}
	}
	if len(members) == 0 {
		return nil
	}
	return members
}

func idOf(origin any) string {
	members, _ := origin.(map[string]any)
	id, _ := members["Id"].(string)
	return id
}

// differing names the parts, besides the carried ones and those that are each distribution's own, in which two configurations differ.
func differing(a, b *types.DistributionConfig) ([]string, error) {
	one, err := treeOf(fixed(a))
	if err != nil {
		return nil, err
	}
	two, err := treeOf(fixed(b))
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range union(one, two) {
		x, _ := json.Marshal(one[name])
		y, _ := json.Marshal(two[name])
		if !bytes.Equal(x, y) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// fixed is what continuous deployment does not carry and wants to be the same in both distributions.
func fixed(c *types.DistributionConfig) *types.DistributionConfig {
	rest := with(c, carried{})
	rest.CallerReference, rest.Comment, rest.Enabled, rest.Staging = nil, nil, nil, nil
	rest.Aliases, rest.ContinuousDeploymentPolicyId = nil, nil
	if rest.IsIPV6Enabled == nil {
		rest.IsIPV6Enabled = aws.Bool(false)
	}
	return rest
}

func union(a, b map[string]any) map[string]bool {
	all := map[string]bool{}
	for name := range a {
		all[name] = true
	}
	for name := range b {
		all[name] = true
	}
	return all
}
