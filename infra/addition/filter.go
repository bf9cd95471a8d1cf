package addition

import (
	"maps"
	"slices"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// Filters are what makes metrics of the logs by which a definition's target is counted, as CloudFormation's AWS::Logs::MetricFilter has it.
func Filters(d rollout.Definition) (all []map[string]any) {
	logged, ok := d.Target.Spec().(kind.Filtered)
	if !ok {
		return nil
	}
	for _, f := range logged.Filters() {
		var dimensions []any
		for _, name := range slices.Sorted(maps.Keys(f.Dimensions)) {
			dimensions = append(dimensions, map[string]any{"Key": name, "Value": f.Dimensions[name]})
		}
		all = append(all, map[string]any{
			"FilterName": f.Name, "LogGroupName": f.Group, "FilterPattern": f.Pattern,
			"MetricTransformations": []any{map[string]any{
				"MetricNamespace": f.Namespace, "MetricName": f.Metric, "MetricValue": f.Value, "Dimensions": dimensions,
			}},
		})
	}
	return all
}
