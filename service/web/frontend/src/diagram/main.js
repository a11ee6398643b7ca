import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './diagram.css';

import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

import { get } from '../api.js';

// Where a case stands, on its diagram: a marker per state and a badge with the state in words. The same is listed as
// text beside it, because a drawing says nothing to a screen reader.
const READABLE = 0.8;
const MARGIN = 40;
const WORDS = { late: '已逾期', open: '办理中', waiting: '等待中', done: '', shown: '', text: '', ours: '', lacking: '依据不全' };
const CURRENT = ['shown', 'late', 'open', 'waiting'];

function badge({ state, text }) {
  const element = document.createElement('div');
  element.className = `step-badge step-badge-${state}`;
  element.textContent = [...new Set([WORDS[state], text])].filter(Boolean).join(' · ');
  return element;
}

function mark(viewer, states) {
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const registry = viewer.get('elementRegistry');
  for (const [id, one] of Object.entries(states)) {
    if (!registry.get(id)) continue;
    canvas.addMarker(id, `state-${one.state}`);
    if (one.text) overlays.add(id, { position: { bottom: 8, left: 4 }, html: badge(one) });
  }
}

function current(viewer, states) {
  const registry = viewer.get('elementRegistry');
  for (const wanted of CURRENT) {
    const found = Object.keys(states).find((id) => states[id].state === wanted && registry.get(id));
    if (found) return registry.get(found);
  }
  return null;
}

function whole(viewer) {
  viewer.get('canvas').zoom('fit-viewport', 'auto');
}

// Where a window of this length begins, so that its middle shows `at` and it stays on the drawing.
function beginning(at, length, from, whole) {
  const last = Math.max(from - MARGIN, from + whole + MARGIN - length);
  return Math.min(Math.max(at - length / 2, from - MARGIN), last);
}

function centre(viewer, element, scale = READABLE) {
  const canvas = viewer.get('canvas');
  canvas.zoom(scale);
  const { outer, inner } = canvas.viewbox();
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({
    x: beginning(element.x + element.width / 2, width, inner.x, inner.width),
    y: beginning(element.y + element.height / 2, height, inner.y, inner.height),
    width,
    height,
  });
}

function firstLook(viewer, element) {
  whole(viewer);
  if (element && viewer.get('canvas').zoom() < 0.5) centre(viewer, element);
}

function wire(root, viewer, element) {
  const step = (factor) => viewer.get('canvas').zoom(viewer.get('canvas').zoom() * factor, 'auto');
  const acts = {
    in: () => step(1.25),
    out: () => step(0.8),
    fit: () => whole(viewer),
    here: () => element && centre(viewer, element),
  };
  for (const button of root.querySelectorAll('[data-zoom]')) {
    button.disabled = button.dataset.zoom === 'here' && !element;
    button.addEventListener('click', () => acts[button.dataset.zoom]());
  }
}

async function open(root) {
  const status = root.querySelector('[data-status]');
  try {
    const { xml, states } = await get(root.dataset.src);
    const viewer = new NavigatedViewer({ container: root.querySelector('[data-canvas]') });
    await viewer.importXML(xml);
    mark(viewer, states);
    const element = current(viewer, states);
    firstLook(viewer, element);
    wire(root, viewer, element);
    window.addEventListener('beforeprint', () => whole(viewer));
    status.hidden = true;
    root.dataset.ready = 'yes';
  } catch (problem) {
    status.textContent = `流程图无法显示：${problem.message}。各环节的进度见旁边的列表。`;
  }
}

for (const root of document.querySelectorAll('[data-diagram]')) open(root);
