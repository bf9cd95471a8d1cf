package cloudfront

import (
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// check refuses a configuration that no distribution can have.
func check(c *types.DistributionConfig) error {
	if c == nil || c.CallerReference == nil || c.Comment == nil || c.Enabled == nil || c.DefaultCacheBehavior == nil || c.Origins == nil || len(c.Origins.Items) == 0 {
		return illegalArgument("a configuration needs a caller reference, a comment, Enabled, a default cache behavior and an origin")
	}
	if len(*c.Comment) > 128 {
		return illegalArgument("the comment is longer than 128 characters")
	}
	if aws.ToBool(c.Staging) && c.Aliases != nil && len(c.Aliases.Items) > 0 { // Learn how continuous deployment works; the code is undocumented
		return illegalArgument("a staging distribution has no aliases")
	}
	if aws.ToInt32(c.Origins.Quantity) != int32(len(c.Origins.Items)) || c.CacheBehaviors != nil && aws.ToInt32(c.CacheBehaviors.Quantity) != int32(len(c.CacheBehaviors.Items)) {
		return &types.InconsistentQuantities{Message: aws.String("The value of Quantity and the size of Items don't match.")}
	}
	return checkOrigins(c)
}

func checkOrigins(c *types.DistributionConfig) error {
	known := map[string]bool{}
	for _, o := range c.Origins.Items {
		known[aws.ToString(o.Id)] = true
	}
	if c.OriginGroups != nil {
		for _, g := range c.OriginGroups.Items {
			known[aws.ToString(g.Id)] = true
		}
	}
	wanted := []*string{c.DefaultCacheBehavior.TargetOriginId}
	if c.CacheBehaviors != nil {
		for _, b := range c.CacheBehaviors.Items {
			wanted = append(wanted, b.TargetOriginId)
		}
	}
	for _, id := range wanted {
		if !known[aws.ToString(id)] {
			return &types.NoSuchOrigin{Message: aws.String("One or more of your origins or origin groups do not exist.")}
		}
	}
	return nil
}

// carried are the parts of a configuration that may be changed while a continuous deployment policy is attached
// (Learn how continuous deployment works, "Update primary and staging distributions").
var carried = map[string]bool{
	"DefaultCacheBehavior": true, "CacheBehaviors": true, "Origins": true, "OriginGroups": true, "CustomErrorResponses": true,
	"Restrictions": true, "DefaultRootObject": true, "Logging": true, "Comment": true,
}

// differing lists the parts in which two configurations differ, without those that may.
func differing(a, b *types.DistributionConfig, may func(part string) bool) []string {
	var parts []string
	va, vb := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	for i := range va.NumField() {
		name := va.Type().Field(i).Name
		if va.Type().Field(i).IsExported() && !may(name) && !reflect.DeepEqual(plain(va.Field(i)), plain(vb.Field(i))) {
			parts = append(parts, name)
		}
	}
	return parts
}

// plain is a value that equals every other way to say nothing: no pointer, a pointer to nothing, an empty list.
func plain(v reflect.Value) any {
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() == reflect.Pointer || v.IsZero() {
		return nil
	}
	if v.Kind() != reflect.Struct {
		return v.Interface()
	}
	if q := v.FieldByName("Quantity"); q.IsValid() && q.Kind() == reflect.Pointer && !q.IsNil() && q.Elem().Int() == 0 {
		return nil
	}
	return v.Interface()
}

// overHTTP3 says whether viewers may use HTTP/3, which continuous deployment does not support (Quotas and other considerations).
func overHTTP3(c *types.DistributionConfig) bool { return strings.Contains(string(c.HttpVersion), "3") }

func illegalUpdate(message string) error { return &types.IllegalUpdate{Message: &message} }
