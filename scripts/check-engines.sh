#!/usr/bin/env bash
# Runs the examples of examples/engines on 2,000 small images, 1 % of them broken: each as it is, and once more with a
# worker that is killed in the middle. Checks that each image is answered once, that errors are rows, and that the files
# are those of one worker alone. Prints a table with times beside that worker; ends with 1 if something is not so.
#
#   scripts/check-engines.sh [--cheap] [--command SEEDREAM] [engine]...
#
# Engines: parallel, spark, ray, slurm, kubernetes; default: all. --cheap runs GNU parallel, and the environments of
# Slurm and Kubernetes without them, on 200 images in less than a minute. SEEDREAM is the command; default: $SEEDREAM,
# else .build/release/seedream. COUNT is the number of images, ROUNDS that of measurements; default: 3, with --cheap 1.
#
# Installs what is missing: Debian's packages with apt-get, Python packages into .build/engines. An engine that cannot be
# installed is not run, with a message. Everything that is started listens on loopback only, and is ended here.
set -euo pipefail
cd "$(dirname "$0")/.."

count=${COUNT:-2000}
rounds=${ROUNDS:-3}
seedream=${SEEDREAM:-.build/release/seedream}
cheap=
engines=()
while [[ $# -gt 0 ]]; do
    case $1 in
    --cheap) cheap=1 count=${COUNT:-200} rounds=${ROUNDS:-1} ;;
    --command) seedream=$2 && shift ;;
    parallel | spark | ray | slurm | kubernetes) engines+=("$1") ;;
    *) echo "error: expected an engine, found $1" >&2 && exit 64 ;;
    esac
    shift
done
if [[ ${#engines[@]} -eq 0 ]]; then
    engines=(parallel spark ray slurm kubernetes)
    [[ -z $cheap ]] || engines=(parallel slurm kubernetes)
fi
seedream=$(realpath "$seedream")
[[ -x $seedream ]] || { echo "error: there is no command $seedream; build it with \`make build\`" >&2 && exit 1; }

place=.build/engines
mkdir -p "$place"
place=$(realpath "$place")
venv=$place/venv
# Short, because paths of sockets are limited.
state=$(mktemp -d /tmp/engines.XXXXXX)
daemons=()
missing=()

clean() {
    [[ ${#daemons[@]} -eq 0 ]] || kill "${daemons[@]}" 2>/dev/null || true
    wait
    rm -rf "$state"
}
trap clean EXIT

# install COMMAND PACKAGE...: installs Debian's packages unless the command is there; fails if it cannot.
install() {
    local command=$1 as_root=()
    shift
    command -v "$command" >/dev/null && return
    command -v apt-get >/dev/null || return
    [[ "$(id -u)" -eq 0 ]] || as_root=(sudo)
    echo "installing with apt-get: $*" >&2
    "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# require FILE: installs Python packages into the virtual environment; fails if it cannot.
require() {
    [[ $venv/$1 -nt Tests/Engines/$1 ]] && return
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "Tests/Engines/$1" && touch "$venv/$1"
}

not_run() { missing+=("NOT RUN: $1"); }

python3 -c 'import ensurepip, venv' 2>/dev/null || install python3-venv-is-missing python3-venv
[[ -x $venv/bin/python ]] || python3 -m venv "$venv"
require requirements.txt

work=$state/work
check=("$venv/bin/python" Tests/Engines/engines.py)
"${check[@]}" images "$work" "$count"

# Small images and small results, so that an image takes a few milliseconds: half of them pass through, the others are
# decoded, resized and encoded.
options=(--min-area 65536 --max-area 196608)

# run NAME VERSION NOTE [flag]... -- COMMAND...: one run of a command over the images.
run() {
    local name=$1 version=$2 note=$3
    shift 3
    "${check[@]}" run "$work" "$name" --seedream "$seedream" --version "$version" --note "$note" --count "$count" "$@"
}

# Every command uses two threads in all, as processes or within one. Each takes the flags of a run, such as --kill.
version=$("$seedream" --version | head -n 1 | sed 's/^seedream //')

run_prep() {
    run "\`prep --each\`, one process" "$version" "" "$@" --by-folder --printed --code 1 -- \
        seedream prep --each -r "{images}" -o "{out}" --ndjson --threads 2 "${options[@]}"
}

run_worker() {
    run "bare worker" "$version" "" "$@" --piped -- seedream worker -o "{out}" --existing skip --threads 2 "${options[@]}"
}

prepare_parallel() { install parallel parallel; }
run_parallel() {
    run "GNU parallel" "$(parallel --version | sed -n '1s/GNU parallel //p')" \
        "\`--pipe\`, not \`--pipepart\`; no \`--line-buffer\`" "$@" -- \
        env PARALLEL_HOME="$state/parallel" WORKERS=2 BLOCK=$((count / 8)) \
        examples/engines/gnu_parallel.sh "{rows}" "{out}" "{results}" "${options[@]}"
}

# Spark and Ray listen on all addresses of the machine, so they run in a network that has loopback only.
alone=(unshare --map-root-user --net sh -c "ip link set lo up && exec \"\$@\"" alone)

prepare_spark() { "${alone[@]}" true && install java default-jre-headless && require requirements-spark.txt; }
run_spark() {
    run "Spark" "$("$venv/bin/python" -c 'import pyspark; print(pyspark.__version__)')" \
        "\`checkCode=True\`; \`env\`; \`local[2,4]\`" "$@" -- \
        "${alone[@]}" env SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_DIRS="$state/spark" PYSPARK_PYTHON="$venv/bin/python" \
        "$venv/bin/python" examples/engines/spark_worker.py --master 'local[2,4]' --seedream "{seedream}" \
        "{rows}" "{out}" "{results}" "${options[@]}"
}

prepare_ray() { "${alone[@]}" true && require requirements-ray.txt; }
run_ray() {
    run "Ray Data" "$("$venv/bin/python" -c 'import ray; print(ray.__version__)')" \
        "one processor less than \`--threads\`; \`actor_task_retry_on_errors\`; \`max_task_retries\`" "$@" -- \
        "${alone[@]}" env RAY_TMPDIR="$state/ray" RAY_USAGE_STATS_ENABLED=0 \
        "$venv/bin/python" examples/engines/ray_worker.py --threads 2 --seedream "{seedream}" \
        "{rows}" "{out}" "{results}" "${options[@]}"
}

prepare_kubernetes() {
    not_run "Kubernetes: there is no cluster; the Job's file is read, and its command is run for each index"
}
run_kubernetes() {
    run "Kubernetes, its environment only" "batch/v1" "\`--shard env/N\`; exit code 1 is no failure" "$@" --by-folder -- \
        "$venv/bin/python" Tests/Engines/schedulers.py kubernetes examples/engines/kubernetes_job.yaml \
        "{images}" "{out}" "{results}" "${options[@]}"
}

# Starts Slurm on loopback, for one node with two processors.
start_slurm() {
    install slurmctld slurm-wlm munge || return
    local folder=$state/slurm log=$state/slurm/log
    mkdir -p "$folder/state" "$folder/spool"
    head -c 1024 /dev/urandom >"$folder/munge.key"
    chmod 400 "$folder/munge.key"
    cat >"$folder/slurm.conf" <<CONF
ClusterName=engines
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SchedulerParameters=sched_interval=1,sched_min_interval=0
NodeName=localhost NodeHostname=$(hostname) NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=10 State=UP
CONF
    munged --foreground --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
        --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" --seed-file="$folder/munge.seed" \
        >>"$log" 2>&1 &
    daemons+=($!)
    slurmctld -D -f "$folder/slurm.conf" >>"$log" 2>&1 &
    daemons+=($!)
    slurmd -D -f "$folder/slurm.conf" -N localhost >>"$log" 2>&1 &
    daemons+=($!)
    export SLURM_CONF=$folder/slurm.conf
    local try
    for try in $(seq 50); do
        [[ $(sinfo --noheader --format=%t 2>/dev/null) == idle ]] && return
        sleep 0.2
    done
    echo "Slurm was not ready after $((try / 5)) s:" >&2
    tail -n 5 "$log" >&2
    return 1
}

slurm=
prepare_slurm() {
    if [[ -z $cheap ]] && start_slurm; then
        slurm=1
    else
        not_run "Slurm: no daemons here; the script is run for each task, with the variables of an array"
    fi
}
run_slurm() {
    local note="\`--shard env\`; exit code 1 is no failure; \`scontrol requeue\`"
    if [[ -n $slurm ]]; then
        run "Slurm array" "$(sinfo --version | sed 's/slurm-wlm //')" "$note" "$@" --by-folder -- \
            sbatch --wait --array=0-3 --cpus-per-task=1 --output="$state/slurm/%a.out" \
            examples/engines/slurm_array.sh "{images}" "{out}" "{results}" "${options[@]}"
    else
        run "Slurm, its environment only" "–" "$note" "$@" --by-folder -- \
            "$venv/bin/python" Tests/Engines/schedulers.py slurm examples/engines/slurm_array.sh \
            "{images}" "{out}" "{results}" "${options[@]}"
    fi
}

ready=(worker prep)
for engine in "${engines[@]}"; do
    if "prepare_$engine"; then ready+=("$engine"); else not_run "$engine: it cannot be installed or started here"; fi
done
# In turn, so that a busy moment of the machine does not fall on one of them.
for _ in $(seq "$rounds"); do
    for engine in "${ready[@]}"; do "run_$engine"; done
done
for engine in "${ready[@]:2}"; do "run_$engine" --kill; done

echo
"${check[@]}" table "$work"
[[ ${#missing[@]} -eq 0 ]] || printf '%s\n' "${missing[@]}"
echo "engines: as they should be, after $SECONDS s"
