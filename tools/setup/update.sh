#!/bin/sh
# Bring this folder up to date (make update), and lose nothing: what was changed in it is copied to my-work/ first.
set -eu

stop() {
  echo "$1" >&2
  exit 1
}

git rev-parse --verify --quiet HEAD > /dev/null 2>&1 ||
  stop 'This folder did not come by git clone: unpack the new version beside it, and copy your notebooks over.'
git rev-parse --verify --quiet '@{upstream}' > /dev/null ||
  stop 'This branch follows no other one: nothing was changed. To follow one: git branch --set-upstream-to=origin/main'
git fetch --quiet || stop 'The new version did not come, and nothing was changed: is there internet?'
git merge-base --is-ancestor HEAD '@{upstream}' ||
  stop 'There are commits of your own here: nothing was changed. Merge by hand: git merge @{upstream}'

work=my-work/$(date +%Y-%m-%d-%H%M%S)
changed=$(git -c core.quotepath=off diff --name-only --diff-filter=d HEAD)
echo "$changed" | while IFS= read -r file; do
  [ -z "$file" ] && continue
  mkdir -p "$work/$(dirname "$file")"
  cp -p "$file" "$work/$file"
done
before=$(git rev-parse --quiet --verify refs/stash || true)
git stash --quiet  # a second copy, and a clean folder to merge into
stashed=''
[ "$before" = "$(git rev-parse --quiet --verify refs/stash || true)" ] || stashed=yes
if git merge --quiet --ff-only '@{upstream}'; then
  [ -z "$stashed" ] || git stash drop --quiet
else
  [ -z "$stashed" ] || git stash pop --quiet
  stop 'The new version has files that lie here already (see above): move them away, and try again. Nothing was changed.'
fi
echo 'Up to date.'
if [ -n "$changed" ]; then
  printf 'Your changed files are in %s:\n%s\n' "$work" "$changed"
fi
