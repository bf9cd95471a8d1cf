package ecs

import "testing"

func TestHowManyTasksToStartAndToStop(t *testing.T) {
	for name, c := range map[string]struct {
		tally
		start, stopCurrent, stopFormer int
	}{
		"first tasks":                      {tally{desired: 2, least: 2, most: 4}, 2, 0, 0},
		"beside the old ones":              {tally{desired: 2, least: 2, most: 4, former: 2, formerWell: 2}, 2, 0, 0},
		"as far as there is room":          {tally{desired: 4, least: 4, most: 5, former: 4, formerWell: 4}, 1, 0, 0},
		"no room until an old one stops":   {tally{desired: 2, least: 1, most: 2, former: 2, formerWell: 2}, 0, 0, 1},
		"the new ones are not well yet":    {tally{desired: 2, least: 2, most: 4, current: 2, former: 2, formerWell: 2}, 0, 0, 0},
		"one of them is":                   {tally{desired: 2, least: 2, most: 4, current: 2, currentWell: 1, former: 2, formerWell: 2}, 0, 0, 1},
		"old ones that are not well go":    {tally{desired: 2, least: 2, most: 4, current: 2, former: 2, formerWell: 1}, 0, 0, 1},
		"fewer tasks":                      {tally{desired: 1, least: 1, most: 2, current: 3, currentWell: 3}, 0, 2, 0},
		"no tasks":                         {tally{current: 2, currentWell: 2, former: 1, formerWell: 1}, 0, 2, 1},
		"more while old ones are there":    {tally{desired: 3, least: 3, most: 6, current: 1, currentWell: 1, former: 1, formerWell: 1}, 2, 0, 0},
		"as many old ones as are not kept": {tally{desired: 3, least: 2, most: 6, current: 1, currentWell: 1, former: 3, formerWell: 3}, 2, 0, 2},
	} {
		start, stopCurrent, stopFormer := c.moves()
		if start != c.start || stopCurrent != c.stopCurrent || stopFormer != c.stopFormer {
			t.Errorf("%s: start %d, stop %d and %d; want %d, %d and %d", name, start, stopCurrent, stopFormer, c.start, c.stopCurrent, c.stopFormer)
		}
	}
}
