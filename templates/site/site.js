/* The search, the slash key, and 'overdue' in a copy that has grown old. No requests but for s/. */
"use strict";
(() => {
const UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff";
const DROPPED = /[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200d\u00ad\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;
const LETTERS = {
  "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
  "ς": "σ", "ى": "ي", "ة": "ه",
};
const MAPPED = new RegExp(`[${Object.keys(LETTERS).join("")}٠-٩۰-۹]`, "g");
const WORDS = /[\p{L}\p{M}\p{N}]+/gu;
const SEEN = /[\p{L}\p{M}\p{N}\u200b-\u200d\u00ad]+/gu;
const PIECES = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, "g");
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`);
const ENDINGS = /(?:ing|ed|es|s)$/;
const LANGUAGE = document.documentElement.lang.replace(/^en$/, "en-GB");
const DAY = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "long", timeZone: "UTC" });
const SHOWN = 10, FEW = 10, LONGEST = 40, SNIPPET = 240;

/* Text without case and accents, as kmkit.views.site.words folds it; U+0660 and U+06F0 end in 0. */
const fold = (text) => text.normalize("NFKD").toLowerCase().replace(DROPPED, "")
  .replace(MAPPED, (c) => LETTERS[c] ?? String(c.charCodeAt(0) & 15));

const runs = (text) => (fold(text).match(WORDS) ?? []).flatMap((run) => run.match(PIECES));

/* The words that a text is found by. */
const cut = (text) => runs(text).flatMap((run) => {
  if (!IS_UNSPACED.test(run)) return [run.slice(0, LONGEST)];
  return [...run].map((c, at) => run.slice(at, at + 2));
});

const loaded = {}, arrived = {};
const load = (name) => loaded[name] ??= new Promise((done, failed) => {
  const script = document.createElement("script");
  arrived[name] = done;
  script.src = `s/${name}.js`;
  script.onerror = () => { delete loaded[name]; failed(new Error(name)); };
  document.head.append(script);
});
window.kmkit = {
  index: (data) => arrived.index(data),
  words: (at, data) => arrived[`w-${at}`](new Map(Object.entries(data))),
  notes: (at, data) => arrived[`n-${at}`](data),
  fold, cut,
};

/* The shards that may hold words beginning with `word`. */
function shards(from, word) {
  let low = 0, high = from.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle] <= word) low = middle; else high = middle;
  }
  const found = [low];
  while (found.length < 4 && from[low + 1]?.startsWith(word)) found.push(++low);
  return found;
}

const wordsAt = (from, word) => Promise.all(shards(from, word).map((at) => load(`w-${at}`)));

/* How much each note speaks of one asked word; other forms of it count less. */
async function hits(index, word) {
  const found = new Map(), short = bare(word);
  const stems = short.length > 3 && short !== word ? [[word, 1], [short, 0.6]] : [[word, 1]];
  for (const [stem, worth] of stems) {
    for (const shard of await wordsAt(index.from, stem)) {
      for (const [term, places] of shard) {
        if (!term.startsWith(stem)) continue;
        const share = worth * (term === stem ? 1 : 0.6);
        let note = 0;
        const numbers = places.split(" ");
        for (let at = 0; at < numbers.length; at += 2) {
          note += parseInt(numbers[at], 36);
          const weight = parseInt(numbers[at + 1], 36);
          found.set(note, Math.max(found.get(note) ?? 0, share * weight / (weight + 4)));
        }
      }
    }
  }
  return found;
}

/* What was asked: words wanted and unwanted; a run of an unspaced script is all of its pairs. */
function asked(text) {
  const wanted = new Set(), not = new Set();
  for (const part of text.split(/\s+/)) {
    const into = /^-\S/.test(part) ? not : wanted;
    for (const run of runs(part)) {
      const pieces = IS_UNSPACED.test(run) && run.length > 1 ? cut(run).slice(0, -1) : cut(run);
      pieces.forEach((word) => into.add(word));
    }
  }
  return { wanted: [...wanted].slice(0, 12), not: [...not] };
}

/* Note numbers, best first: those with all words, then those with at least half of them. */
async function search(text) {
  const index = await load("index"), { wanted, not } = asked(text);
  const parts = await Promise.all(wanted.map((word) => hits(index, word)));
  const banned = await Promise.all(not.map((word) => hits(index, word)));
  const rare = parts.filter((part) => part.size <= index.notes * 0.4 || index.notes < 50);
  const needed = rare.length ? rare : parts, scores = new Map();
  for (const part of parts) {
    const idf = Math.log(1 + (index.notes - part.size + 0.5) / (part.size + 0.5));
    for (const [note, weight] of part) scores.set(note, (scores.get(note) ?? 0) + idf * weight);
  }
  const all = [], some = [];
  for (const note of scores.keys()) {
    if (banned.some((part) => part.has(note))) continue;
    const has = needed.reduce((sum, part) => sum + part.has(note), 0);
    if (has === needed.length) all.push(note);
    else if (has * 2 >= needed.length) some.push(note);
  }
  const best = (a, b) => scores.get(b) - scores.get(a) || a - b;
  const lost = wanted.filter((_, at) => !parts[at].size);
  return { index, wanted, lost, all: all.sort(best), some: all.length < FEW ? some.sort(best) : [] };
}

/* How many letters have to change, up to `most`. */
function apart(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before = [], row = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        next[j] = Math.min(next[j], before[j - 2] + 1);
      }
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}

/* The word of the notes that is nearest to one that none has; of several the commonest. */
async function near(index, word) {
  const most = word.length > 6 ? 2 : 1;
  let best = null;
  if (word.length < 4 || IS_UNSPACED.test(word)) return null;
  for (const shard of await wordsAt(index.from, word.slice(0, 2))) {
    for (const [term, places] of shard) {
      const far = apart(word, term, most);
      const rank = far * 1e7 - places.length;
      if (far <= most && (!best || rank < best.rank)) best = { term, rank };
    }
  }
  return best?.term ?? null;
}

/* Where asked words stand in a text as people see it: start, end, and which of the words. */
function places(text, words) {
  const found = [];
  for (const run of text.matchAll(SEEN)) {
    const folded = fold(run[0]);
    const which = words.findIndex((word) => IS_UNSPACED.test(word) ? folded.includes(word) : stands(folded, word));
    if (which < 0) continue;
    if (!IS_UNSPACED.test(words[which])) found.push([run.index, run.index + run[0].length, which]);
    else for (const [from, to] of inside(run[0], words)) found.push([run.index + from, run.index + to, which]);
  }
  return found;
}

const bare = (word) => word.replace(ENDINGS, "");
const stands = (folded, word) => folded.startsWith(word) || (bare(word).length > 3 && folded.startsWith(bare(word)));

/* The same within a run of a script without blanks, whose letters are folded one by one. */
function inside(run, words) {
  const folded = [...run].flatMap((c, at) => [...fold(c)].map((f) => [f, at]));
  const plain = folded.map(([f]) => f).join(""), marked = new Set(), found = [];
  for (const word of words) {
    for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + 1)) {
      for (let n = at; n < at + word.length; n++) marked.add(folded[n][1]);
    }
  }
  for (const at of [...marked].sort((a, b) => a - b)) {
    if (found.at(-1)?.[1] === at) found.at(-1)[1]++; else found.push([at, at + 1]);
  }
  return found;
}

const element = (name, given = {}, ...inner) => {
  const made = Object.assign(document.createElement(name), given);
  made.append(...inner);
  return made;
};

/* `text` with its asked words marked, as nodes. */
function marked(text, words) {
  const nodes = [];
  let done = 0;
  for (const [start, end] of places(text, words)) {
    nodes.push(text.slice(done, start), element("mark", {}, text.slice(start, end)));
    done = end;
  }
  return [...nodes, text.slice(done)];
}

/* How many different asked words stand between two places. */
const kinds = (found, from, to) => new Set(found.filter(([at]) => at >= from && at < to).map((place) => place[2])).size;

/* What to show of a note: its summary, or where its text has more of the asked words together. */
function snippet(summary, body, words) {
  const found = places(body, words), counts = found.map(([at]) => kinds(found, at, at + SNIPPET - 60));
  const most = Math.max(0, ...counts);
  if (most <= kinds(places(summary, words), 0, Infinity)) return summary;
  const at = found[counts.indexOf(most)][0];
  let start = Math.max(0, at - 60), end = Math.min(body.length, start + SNIPPET);
  if (start) start = Math.min(body.indexOf(" ", start) + 1 || start, at);
  if (end < body.length && body.lastIndexOf(" ", end) > at) end = body.lastIndexOf(" ", end);
  return (start ? "… " : "") + body.slice(start, end) + (end < body.length ? " …" : "");
}

function shown(note, words, names) {
  const [href, title, kind, on, language, marks, summary, body] = note;
  const link = element("a", { href }, ...marked(title, words));
  const heading = element("h3", { className: "title" }, link);
  const text = element("p", {}, ...marked(snippet(summary, body, words), words));
  for (const part of [heading, text]) {
    part.dir = "auto";
    if (language) part.lang = language;
  }
  const about = element("p", { className: "about" }, element("span", {}, kind[0].toUpperCase() + kind.slice(1)));
  if (on) about.append(" ", element("time", { dateTime: on }, DAY.format(new Date(on))));
  for (const mark of marks ? marks.split(",") : []) {
    const shape = mark === "critical" ? ["span", {}] : ["b", { className: "warn" }];
    about.append(" ", element(...shape, names[mark] ?? mark));
  }
  return element("li", {}, heading, text, about);
}

/* The page that searches. */
function searching(area) {
  const names = area.dataset, list = document.getElementById("found");
  const said = document.getElementById("said"), more = document.getElementById("more");
  const tries = document.getElementById("try"), meant = document.getElementById("meant");
  const field = document.getElementById("q"), form = field.form;
  let turn = 0, waiting = 0;

  async function show(result, from, now) {
    const notes = [...result.all, ...result.some], { per } = result.index;
    const part = notes.slice(from, from + SHOWN);
    const rows = await Promise.all(part.map(async (n) => (await load(`n-${Math.floor(n / per)}`))[n % per]));
    if (now !== turn) return;
    if (!from) list.replaceChildren();
    rows.forEach((note, at) => {
      if (from + at === result.all.length && result.all.length) {
        const text = names.some.replace("{n}", result.some.length);
        list.append(element("li", { className: "parting" }, element("h3", {}, text)));
      }
      list.append(shown(note, result.wanted, names));
    });
    more.hidden = from + SHOWN >= notes.length;
    more.onclick = async () => {
      const next = list.children.length;
      await show(result, from + SHOWN, turn);
      list.children[next]?.querySelector("a")?.focus();
    };
  }

  async function suggest(result, now) {
    const words = await Promise.all(result.lost.map((word) => near(result.index, word)));
    if (now !== turn) return;
    const better = words.filter(Boolean);
    meant.hidden = !better.length;
    meant.replaceChildren(`${names.meant} `);
    for (const word of better) {
      meant.append(element("a", { href: `?q=${encodeURIComponent(word)}` }, word), " ");
    }
  }

  async function run() {
    const text = field.value.trim(), now = ++turn;
    area.hidden = !text;
    try { history.replaceState(null, "", `?q=${encodeURIComponent(text)}`); } catch { /* not in a folder */ }
    if (!text) return;
    const slow = setTimeout(() => { if (now === turn) said.textContent = names.waiting; }, 400);
    try {
      const result = await search(text);
      if (now !== turn) return;
      const { all, some } = result, none = !all.length && !some.length;
      tries.hidden = !none && !result.lost.length;
      tries.lastElementChild.hidden = !none;
      if (!tries.hidden) await suggest(result, now);
      await show(result, 0, now);
      if (now !== turn) return;
      const key = all.length ? "all" : some.length ? "some" : "none";
      said.textContent = names[key].replace("{n}", all.length || some.length);
      area.dataset.done = text;
    } catch {
      if (now === turn) { said.textContent = names.broken; list.replaceChildren(); }
    } finally { clearTimeout(slow); }
  }

  const begin = (after) => { clearTimeout(waiting); waiting = setTimeout(run, after); };
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  field.addEventListener("input", () => begin(120));
  form.addEventListener("submit", (event) => { event.preventDefault(); begin(0); });
  meant.addEventListener("click", (event) => {
    if (!event.target.href) return;
    event.preventDefault();
    field.value = event.target.textContent;
    field.focus();
    begin(0);
  });
  document.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll(".title a")];
    const at = links.indexOf(document.activeElement), inField = document.activeElement === field;
    if (event.key === "ArrowDown" && (inField || at >= 0)) (links[at + 1] ?? links[at])?.focus();
    else if (event.key === "ArrowUp" && at >= 0) (links[at - 1] ?? field).focus();
    else if (event.key === "Escape" && at >= 0) field.focus();
    else return;
    event.preventDefault();
  });
  if (field.value) begin(0); else field.focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = document.getElementById("q");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

const now = new Date(), two = (n) => String(n).padStart(2, "0");
const today = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
for (const late of document.querySelectorAll("[data-due]")) late.hidden = late.dataset.due >= today;

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
  });
}

const area = document.getElementById("results");
if (area) searching(area);
})();
