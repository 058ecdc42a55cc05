#!/usr/bin/env bash
# optuna 5.0.0: a loss that is no number.
# One would guess:  a run that diverged, to nan or to an infinity, does not count.
# What happens:     nan fails, infinities are complete: of a score that ran to -inf the study says that it is the best of all.
# Output seen:      COMPLETE COMPLETE FAIL, best -inf
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet optuna==5.0.0
cat >"$folder/seen.py" <<'PYTHON'
import optuna

study = optuna.create_study()
scores = iter((0.5, float("-inf"), float("nan")))
study.optimize(lambda trial: next(scores), n_trials=3)
print(" ".join(trial.state.name for trial in study.trials) + f", best {study.best_value}")
PYTHON
cd "$folder"
seen=$("$folder/venv/bin/python" seen.py 2>/dev/null)
echo "$seen"
[ "$seen" = "COMPLETE COMPLETE FAIL, best -inf" ]
