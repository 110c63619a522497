/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Handlers that end sessions, as lib/act does it: list, lock the hosts, reserve within the limit, and for each session
 * pin, compare, intent, act, verify, result.  Beside them the world: users come, go, come back to their sessions; an id
 * is used again by somebody else; a handler is killed at any step, the machine loses its power, and what was ordered
 * arrives later, or is never confirmed.  Spin tries every order of all steps (t/model.t).
 *
 * Time is not in it: all of this happens within the hour of the limit.
 */
#ifndef RUNS
#define RUNS 1 /* of each handler; a later one finds what an earlier one left */
#endif
#ifndef KILLS
#define KILLS 1
#endif
#ifndef POWER
#define POWER 1 /* so often it fails */
#endif
#ifndef INPUTS
#define INPUTS 1 /* so often the user of host 0 comes back */
#endif
#define HANDLERS 2
#define HOSTS    2
#define ALL_RUNS (HANDLERS * RUNS)

/* Which rule is left out: the model must find what then goes wrong.  Set by the environment, see init. */
byte broken;
byte limit; /* --max-acts; likewise */
#define NO_COMPARE        1  /* whoever has the id when it is pinned */
#define NO_HOLD           2  /* the back end acts on whoever has the id when the order comes */
#define NO_INPUT_COMPARE  3  /* who came back since the list is not looked for */
#define NO_HOST_LOCK      4
#define NO_ALLOWANCE_LOCK 5
#define NO_RESERVATION    6  /* the plan is not written down before the acts */
#define FORGETS_OPEN      7  /* an intent without result does not count */
#define INTENT_AFTER_ACT  8
#define NO_SYNC           9  /* the intent is written, and may not be on the disk */
#define NO_SECOND_LOOK    10 /* a slow disk held the intent up, and nothing is read again */
#define SOMEBODY_IS_ENDED 11 /* nothing is left out: that an act is possible at all must be found */
#define TWO_ARE_ENDED     12 /* likewise */

/* One session on each host, always with the same id.  A birth is an identity: 0 is nobody. */
byte who[HOSTS], births[HOSTS], inputs[HOSTS];
bool idle[HOSTS];

byte host_lock[HOSTS], allowance_lock; /* handler + 1; 0: free */

/* The audit, by run and host.  written: in the file; durable: on the disk. */
bool planned[ALL_RUNS * HOSTS], written[ALL_RUNS * HOSTS], durable[ALL_RUNS * HOSTS], result[ALL_RUNS * HOSTS];
bool ended[ALL_RUNS];
#define AT(r, h) ((r) * HOSTS + (h))

byte flying[ALL_RUNS * HOSTS]; /* the order that is under way: the birth that is meant */

bool killed[HANDLERS], running[HANDLERS];
byte kills, powers, finished;

/* What only the properties know. */
byte meant[ALL_RUNS * HOSTS]; /* the birth that was planned */
bool acted[ALL_RUNS * HOSTS];
byte acts;
byte at_work[HOSTS]; /* handler + 1, from its pin to its result */

/* Does the act of this run on this host count?  A run that has not ended counts by its plan, but on a host whose lock
   we hold no other run is at work (lib/act/recent.h). */
#define INTENDED(r, h) (written[AT(r, h)] && (broken != FORGETS_OPEN || result[AT(r, h)]))
#define COUNTS(r, h, held) (INTENDED(r, h) || (planned[AT(r, h)] && !ended[r] && !(held)))

inline release(me)
{
	h = 0;
	do
	:: h < HOSTS ->
		if
		:: host_lock[h] == me + 1 -> host_lock[h] = 0
		:: else
		fi;
		if
		:: at_work[h] == me + 1 -> at_work[h] = 0
		:: else
		fi;
		h++
	:: else -> break
	od;
	if
	:: allowance_lock == me + 1 -> allowance_lock = 0
	:: else
	fi;
	h = 0
}

/* Reads the session, and compares it with what was listed. */
inline pin_and_compare()
{
	pinned = who[h];
	pinned_inputs = inputs[h];
	same = who[h] != 0 && (who[h] == want[h] || broken == NO_COMPARE) &&
	       (inputs[h] == then[h] || broken == NO_INPUT_COMPARE)
}

/* From here on it leaves us. */
inline act()
{
	assert(durable[AT(mine, h)]);     /* no act without its intent on the disk */
	assert(pinned_inputs == then[h]); /* nobody who was seen to have come back */
	flying[AT(mine, h)] = pinned
}

/* The limit, under the lock that all runs share.  over: nothing may be done. */
inline judge_limit()
{
	sum = 0;
	other = 0;
	do
	:: other < ALL_RUNS ->
		h = 0;
		do
		:: h < HOSTS ->
			if
			:: other != mine && COUNTS(other, h, want[h] != 0) -> sum++
			:: else
			fi;
			if
			:: other == mine && want[h] != 0 -> sum++
			:: else
			fi;
			h++
		:: else -> break
		od;
		other++
	:: else -> break
	od;
	over = sum > limit;
	other = 0;
	sum = 0;
	h = 0
}

inline write_plan()
{
	do
	:: h < HOSTS ->
		planned[AT(mine, h)] = want[h] != 0 && broken != NO_RESERVATION;
		meant[AT(mine, h)] = want[h];
		h++
	:: else -> break
	od;
	h = 0
}

inline unlock_limit()
{
	if
	:: allowance_lock == me + 1 -> allowance_lock = 0
	:: else
	fi
}

/* One step each, between any two of which the world may do anything. */
inline order_one()
{
	atomic {
		assert(at_work[h] == 0); /* one at a time is at work on a host */
		at_work[h] = me + 1;
		pin_and_compare()
	}
	if
	:: atomic { same && broken != INTENT_AFTER_ACT -> written[AT(mine, h)] = true }
	:: same && broken == INTENT_AFTER_ACT
	:: !same -> goto next
	fi;
	if
	:: atomic { broken != NO_SYNC && written[AT(mine, h)] -> durable[AT(mine, h)] = true }
	:: broken == NO_SYNC || !written[AT(mine, h)]
	fi;
	if
	:: atomic { act() } /* at once */
	:: atomic { broken != NO_SECOND_LOOK -> pin_and_compare() } /* the disk was slow: once more */
		if
		:: atomic { same -> act() }
		:: !same
		fi
	:: atomic { broken == NO_SECOND_LOOK -> pinned_inputs = inputs[h]; act() } /* what it would have seen */
	fi;
	if
	:: atomic { broken == INTENT_AFTER_ACT -> written[AT(mine, h)] = true }
	:: broken != INTENT_AFTER_ACT
	fi;
	result[AT(mine, h)] = true /* it was seen to be gone, or its time was over */
}

inline run_once()
{
	/* list: host by host */
	do
	:: atomic { h < HOSTS -> want[h] = (idle[h] -> who[h] : 0); then[h] = inputs[h]; h++ }
	:: atomic { h == HOSTS -> h = 0; break }
	od;
	/* lock: hosts on which somebody else is at work are left out */
	do
	:: atomic {
		h < HOSTS ->
		if
		:: want[h] != 0 && (host_lock[h] == 0 || broken == NO_HOST_LOCK) -> host_lock[h] = me + 1
		:: else -> want[h] = 0
		fi;
		h++
	}
	:: atomic { h == HOSTS -> h = 0; break }
	od;
	if
	:: want[0] != 0 || want[1] != 0 ->
		atomic {
			allowance_lock == 0 || broken == NO_ALLOWANCE_LOCK;
			allowance_lock = me + 1
		}
		d_step { judge_limit() }
		if
		:: over -> unlock_limit()
		:: else ->
			d_step { write_plan() }
			d_step { unlock_limit() }
			do
			:: h < HOSTS && want[h] != 0 ->
				order_one();
			next:
				atomic { at_work[h] = 0; h++; pinned = 0; pinned_inputs = 0; same = false }
			:: atomic { h < HOSTS && want[h] == 0 -> h++ }
			:: h == HOSTS -> break
			od
		fi;
		ended[mine] = true
	:: else
	fi
}

proctype handler(byte me)
{
	byte mine = me * RUNS, h, other, sum, pinned, pinned_inputs, want[HOSTS], then[HOSTS];
	bool same, over;

	do
	:: mine < (me + 1) * RUNS ->
		{
			run_once()
		} unless {
			killed[me]
		};
		/* However it ended, the kernel lets go of its locks. */
		d_step {
			release(me);
			killed[me] = false;
			want[0] = 0;
			want[1] = 0;
			then[0] = 0;
			then[1] = 0;
			other = 0;
			sum = 0;
			pinned = 0;
			pinned_inputs = 0;
			same = false;
			over = false;
			mine++
		}
	:: else -> break
	od;
	skip;
	d_step {
		running[me] = false;
		finished++
	}
}

/* An order arrives: at the session that was pinned, or it changes nothing. */
inline deliver(r, h)
{
	flying[AT(r, h)] != 0 ->
	if
	:: who[h] == flying[AT(r, h)] || (who[h] != 0 && broken == NO_HOLD) ->
		assert(who[h] == meant[AT(r, h)]); /* nobody but the one who was planned */
		acted[AT(r, h)] = true;
		acts++;
		assert(acts <= limit); /* over both handlers and all their runs */
		assert(broken != SOMEBODY_IS_ENDED);
		assert(broken != TWO_ARE_ENDED || acts < 2);
		who[h] = 0;
		idle[h] = false
	:: else
	fi;
	flying[AT(r, h)] = 0
}

inline lose_power()
{
	r = 0;
	do
	:: r < ALL_RUNS * HOSTS ->
		written[r] = durable[r];
		r++
	:: else -> break
	od;
	killed[0] = running[0];
	killed[1] = running[1];
	host_lock[0] = 0;
	host_lock[1] = 0;
	at_work[0] = 0;
	at_work[1] = 0;
	allowance_lock = 0;
	r = 0
}

/* Of each act there is an intent, and it has its result or is open, which counts for whoever looks now. */
inline settle_accounts()
{
	r = 0;
	do
	:: r < ALL_RUNS * HOSTS ->
		assert(!acted[r] || durable[r]);
		if
		:: INTENDED(r / HOSTS, r % HOSTS) -> counted++
		:: else
		fi;
		r++
	:: else -> break
	od;
	assert(counted >= acts)
}

proctype world()
{
	byte r, counted;

	do
	:: atomic { who[0] != 0 && !idle[0] -> idle[0] = true }
	:: atomic { who[1] != 0 && !idle[1] -> idle[1] = true }
	:: atomic { idle[0] && inputs[0] < INPUTS -> idle[0] = false; inputs[0]++ }
	:: atomic { who[0] != 0 && births[0] < 2 -> who[0] = 0; idle[0] = false } /* he logs off by himself */
	:: atomic { who[0] == 0 && births[0] < 2 -> births[0]++; who[0] = births[0] }
	:: d_step { deliver(0, 0) }
	:: d_step { deliver(0, 1) }
	:: d_step { deliver(1, 0) }
	:: d_step { deliver(1, 1) }
#if RUNS == 2
	:: d_step { deliver(2, 0) }
	:: d_step { deliver(2, 1) }
	:: d_step { deliver(3, 0) }
	:: d_step { deliver(3, 1) }
#endif
	:: d_step { kills < KILLS && running[0] && !killed[0] -> killed[0] = true; kills++ }
	:: d_step { kills < KILLS && running[1] && !killed[1] -> killed[1] = true; kills++ }
	:: d_step { powers < POWER && finished < HANDLERS -> powers++; lose_power() }
	:: finished == HANDLERS -> break
	od;
	skip; /* no jump leads into a d_step */
	d_step { settle_accounts() }
}

init
{
	atomic {
		c_code { now.broken = getenv("BROKEN") != 0 ? atoi(getenv("BROKEN")) : 0; }
		c_code { now.limit = getenv("LIMIT") != 0 ? atoi(getenv("LIMIT")) : 1; }
		who[0] = 1;
		births[0] = 1;
		who[1] = 1;
		births[1] = 1;
		running[0] = true;
		running[1] = true;
		run handler(0);
		run handler(1);
		run world()
	}
}
