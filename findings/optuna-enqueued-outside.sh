#!/usr/bin/env bash
# optuna 5.0.0: enqueue_trial with values that the search space does not have.
# One would guess:  a rate of 50 where the range is [0, 1], or a misspelt name, is an error.
# What happens:     the rate is used as it is (with a warning at most) and can come out best; 2.7 units become 2; the misspelt
#                   name is dropped without a word.
# Output seen:      rate 50.0, units 2, parameters ['rate', 'units']
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet optuna==5.0.0
cat >"$folder/seen.py" <<'PYTHON'
import optuna

study = optuna.create_study()
study.enqueue_trial({"units": 2.7, "rate": 50.0, "momentun": 0.9})
study.optimize(lambda trial: trial.suggest_float("rate", 0, 1) * trial.suggest_int("units", 1, 10), n_trials=1)
used = study.trials[0].params
print(f"rate {used['rate']}, units {used['units']}, parameters {sorted(used)}")
PYTHON
cd "$folder"
seen=$("$folder/venv/bin/python" seen.py 2>/dev/null)
echo "$seen"
[ "$seen" = "rate 50.0, units 2, parameters ['rate', 'units']" ]
