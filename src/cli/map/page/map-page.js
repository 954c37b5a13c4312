// SPDX-License-Identifier: MIT
// The script of the page that `map --html` writes. It runs in a browser, without other files.

/** @type {import('./page-data.js').PageData} */
const data = JSON.parse(element('data').textContent ?? '');

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found;
}

const input = /** @type {HTMLInputElement} */ (element('port'));
const list = element('suggestions');
const status = element('status');
const answer = element('answer');
const mostSuggestions = 50;

let { protocol, port } = data.start;
/** @type {{ protocol: string, port: number, text: string }[]} */
let suggestions = [];
let active = -1;

/** @param {string} name */
const mapOf = (name) => {
  const found = data.maps.find((each) => each.protocol === name);
  if (!found) throw new Error(`the page has no map of ${name}`);
  return found;
};

/**
 * @param {string} name
 * @param {number} wanted
 */
const runOf = (name, wanted) => mapOf(name).runs.find((run) => run.startPort <= wanted && wanted <= run.endPort);

/** @param {import('./page-data.js').PageRun} run */
function kindText({ category, range, owners }) {
  const by = owners.length > 0 ? ` by ${owners.join(', ')}` : '';
  return `${data.categories[category]?.name ?? category}${by}${range === undefined ? '' : `, part of ${range}`}`;
}

/**
 * @param {string} name
 * @param {number} wanted
 */
function portText(name, wanted) {
  const run = runOf(name, wanted);
  return `${name.toUpperCase()} port ${wanted}: ${run ? kindText(run) : 'not on this map'}`;
}

/**
 * @param {string} tag
 * @param {string} [text]
 */
function make(tag, text) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Shows the port: its place on the map, and what is known of it. */
function show(isMoving = true) {
  const run = runOf(protocol, port);
  if (!run) return;
  for (const section of document.querySelectorAll('.map')) {
    if (section instanceof HTMLElement) section.hidden = section.dataset['protocol'] !== protocol;
  }
  for (const choice of document.querySelectorAll('input[name="protocol"]')) {
    if (choice instanceof HTMLInputElement) choice.checked = choice.value === protocol;
  }
  const slider = element(`map-${protocol}`);
  slider.setAttribute('aria-valuenow', String(port));
  slider.setAttribute('aria-valuetext', `${port}, ${kindText(run)}`);
  moveMarker(slider);
  if (isMoving) slider.querySelector('.cursor')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  showAnswer(run);
}

/** @param {import('./page-data.js').PageRun} run */
function showAnswer(run) {
  const explanation = mapOf(protocol).explanations[run.explanation];
  /** @param {string} text */
  const withPort = (text) => text.replaceAll(data.portMark, String(port));
  const items = (explanation?.advice ?? []).map(({ text, commands, call, elevated, cost }) => {
    const item = make('li', withPort(text));
    if (cost !== undefined) item.append(make('p', `But: ${withPort(cost)}`));
    const code = commands ?? (call === undefined ? [] : [call]);
    if (code.length > 0) {
      if (elevated) item.append(make('p', 'In an elevated process:'));
      item.append(make('pre', withPort(code.join('\n'))));
    }
    return item;
  });
  element('answer-title').textContent = `${protocol.toUpperCase()} port ${port}`;
  element('answer-kind').textContent = `${data.categories[run.category]?.letter ?? ''} – ${kindText(run)}`;
  element('answer-sentence').textContent = withPort(explanation?.sentence ?? '');
  element('answer-advice').replaceChildren(...items);
  element('answer-details').hidden = items.length === 0;
}

const portsOfRow = 100;
const stripHeight = 18;

/** @param {HTMLElement} slider */
function moveMarker(slider) {
  const { items, cellWidth, cellHeight } = mapOf(protocol).layout;
  const item = items.find((each) => each.startPort <= port && port <= each.endPort);
  if (!item) return;
  const offset = port - item.startPort;
  const isStrip = item.strip !== undefined;
  const width = isStrip ? (portsOfRow * cellWidth) / (item.endPort + 1 - item.startPort) : cellWidth;
  const x = item.x + (isStrip ? offset : offset % portsOfRow) * width;
  const y = item.y + (isStrip ? 0 : Math.floor(offset / portsOfRow) * cellHeight);
  const height = isStrip ? stripHeight : cellHeight;
  for (const part of slider.querySelectorAll('.cursor rect')) {
    for (const [name, value] of Object.entries({ x: x - 3, y: y - 3, width: width + 5, height: height + 5 })) {
      part.setAttribute(name, String(value));
    }
  }
}

/** Goes to a port; says so to a screen reader unless the map itself does. */
function go(wantedProtocol = protocol, wantedPort = port, isSaid = true) {
  protocol = wantedProtocol;
  const { startPort, endPort } = mapOf(protocol);
  const isInside = startPort <= wantedPort && wantedPort <= endPort;
  if (isInside) port = wantedPort;
  // Closed, the advice does not move the map while a key is pressed there again and again.
  /** @type {HTMLDetailsElement} */ (element('answer-details')).open = isSaid;
  if (isSaid) status.textContent = portText(protocol, wantedPort);
  show();
  if (!isInside) element('answer-sentence').textContent = portText(protocol, wantedPort);
}

/** Finds the ports for what was typed: a number, or a part of the name of a program. */
function suggest() {
  const typed = input.value.trim().toLowerCase();
  const number = /^\d{1,5}$/.test(typed) ? Number(typed) : 0;
  const isPort = number >= 1 && number <= 65_535;
  const ordered = [...data.maps].sort((one) => (one.protocol === protocol ? -1 : 1));
  suggestions = isPort
    ? ordered.map((map) => ({ protocol: map.protocol, port: number, text: portText(map.protocol, number) }))
    : typed === '' || /^\d+$/.test(typed)
      ? []
      : ordered.flatMap((map) =>
          map.runs
            .filter((run) => run.owners.some((owner) => owner.toLowerCase().includes(typed)))
            .map((run) => ({
              protocol: map.protocol,
              port: run.startPort,
              text: portText(map.protocol, run.startPort),
            })),
        );
  const count = suggestions.length;
  suggestions = suggestions.slice(0, mostSuggestions);
  active = count > 0 ? 0 : -1;
  list.replaceChildren(
    ...suggestions.map(({ text }, index) => {
      const option = make('li', text);
      option.id = `suggestion-${index}`;
      option.setAttribute('role', 'option');
      return option;
    }),
  );
  status.textContent = typed === '' ? '' : count === 0 ? 'No such port or program.' : `${count} found.`;
  showList(count > 0);
}

/** @param {boolean} isOpen */
function showList(isOpen) {
  list.hidden = !isOpen;
  input.setAttribute('aria-expanded', String(isOpen));
  for (const [index, option] of [...list.children].entries()) {
    option.setAttribute('aria-selected', String(isOpen && index === active));
    if (isOpen && index === active) option.scrollIntoView({ block: 'nearest' });
  }
  if (isOpen && active >= 0) input.setAttribute('aria-activedescendant', `suggestion-${active}`);
  else input.removeAttribute('aria-activedescendant');
}

/** @param {number} index */
function choose(index) {
  const chosen = suggestions[index];
  showList(false);
  if (chosen) go(chosen.protocol, chosen.port);
  else status.textContent = 'No such port or program.';
}

input.addEventListener('input', suggest);
input.addEventListener('keydown', (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step !== undefined && suggestions.length > 0) {
    if (!list.hidden) active = (active + step + suggestions.length) % suggestions.length;
    showList(true);
  } else if (event.key === 'Enter') {
    if (list.hidden) suggest();
    choose(active);
  } else if (event.key === 'Escape') {
    if (list.hidden) input.value = '';
    showList(false);
    status.textContent = '';
  } else return;
  event.preventDefault();
});
input.addEventListener('blur', () => showList(false));
// Keeps the focus in the field, whose loss would close the list before the click arrives.
list.addEventListener('mousedown', (event) => event.preventDefault());
list.addEventListener('click', ({ target }) => choose([...list.children].indexOf(/** @type {Element} */ (target))));

for (const choice of document.querySelectorAll('input[name="protocol"]')) {
  choice.addEventListener('change', () => go(/** @type {HTMLInputElement} */ (choice).value));
}

/** The steps of the keys on the map: a port, a row, a box. */
const steps = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -portsOfRow,
  ArrowDown: portsOfRow,
  PageUp: -1000,
  PageDown: 1000,
};

for (const { protocol: name, startPort, endPort, runs, layout } of data.maps) {
  const slider = element(`map-${name}`);
  slider.addEventListener('keydown', (event) => {
    const index = runs.findIndex((run) => run.startPort <= port && port <= run.endPort);
    const places = { Home: startPort, End: endPort, n: runs[index + 1]?.startPort, p: runs[index - 1]?.startPort };
    const step = /** @type {Record<string, number>} */ (steps)[event.key];
    const place = /** @type {Record<string, number | undefined>} */ (places)[event.key];
    const target = step === undefined ? place : port + step;
    if (target === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    go(name, Math.min(endPort, Math.max(startPort, target)), false);
  });
  slider.addEventListener('click', (event) => {
    const box = slider.querySelector('svg')?.getBoundingClientRect();
    if (!box) return;
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const { items, cellWidth, cellHeight } = layout;
    const rowWidth = portsOfRow * cellWidth;
    for (const item of items) {
      const height = item.strip === undefined ? 10 * cellHeight : stripHeight;
      if (x < item.x || x >= item.x + rowWidth || y < item.y || y >= item.y + height) continue;
      const [across, down] = [(x - item.x) / rowWidth, Math.floor((y - item.y) / cellHeight)];
      const offset =
        item.strip === undefined
          ? down * portsOfRow + across * portsOfRow
          : across * (item.endPort + 1 - item.startPort);
      go(name, item.startPort + Math.floor(offset));
    }
  });
}
document.addEventListener('click', ({ target }) => {
  if (!(target instanceof HTMLButtonElement)) return;
  const { protocol: name, port: wanted } = target.dataset;
  if (name === undefined || wanted === undefined) return;
  go(name, Number(wanted));
  answer.focus();
});

// The page begins at its top.
show(false);
