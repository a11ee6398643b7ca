// What a deployment changes, in words: the steps of two texts of a diagram, compared without their drawing.
const STEPS = /^(.*Task|.*Event|.*Gateway|subProcess|callActivity|task|sequenceFlow|lane)$/;
// Notes on the drawing belong to whatever they happen to lie on; lines and lanes are compared by themselves.
const NOT_SAID = new Set(['incoming', 'outgoing', 'flowNodeRef', 'textAnnotation', 'association']);
const KINDS = { lane: '泳道', exclusiveGateway: '网关', parallelGateway: '网关', inclusiveGateway: '网关' };

function said(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent.trim();
  if (node.nodeType !== Node.ELEMENT_NODE || NOT_SAID.has(node.localName)) return '';
  const attributes = [...node.attributes].filter((one) => one.prefix !== 'xmlns').map((one) => `${one.localName}=${one.value}`).sort();
  const inner = [...node.childNodes].filter((one) => !(STEPS.test(one.localName ?? '') && one.getAttribute?.('id'))).map(said).filter(Boolean);
  return `<${node.localName} ${attributes.join(' ')}>${inner.join('')}`;
}

function steps(xml) {
  const document = new DOMParser().parseFromString(xml, 'application/xml');
  const lanes = new Map();
  for (const lane of document.getElementsByTagNameNS('*', 'lane')) {
    for (const reference of lane.getElementsByTagNameNS('*', 'flowNodeRef')) lanes.set(reference.textContent.trim(), lane.getAttribute('name') ?? '');
  }
  const found = new Map();
  for (const node of document.getElementsByTagNameNS('http://www.omg.org/spec/BPMN/20100524/MODEL', '*')) {
    const id = node.getAttribute('id');
    if (!id || !STEPS.test(node.localName)) continue;
    // Nobody leads a subprocess as such, so the lane in which its middle happens to lie says nothing.
    const lane = node.localName === 'subProcess' ? '' : lanes.get(id) ?? '';
    found.set(id, { node, text: `${said(node)}@${lane}` });
  }
  return found;
}

function nameOf(found, id) {
  const { node } = found.get(id) ?? {};
  const called = node?.getAttribute('name') || id;
  if (node?.localName !== 'sequenceFlow') return `${KINDS[node?.localName] ?? ''}“${called}”`;
  const [from, to] = ['sourceRef', 'targetRef'].map((end) => nameOf(found, node.getAttribute(end)));
  return `连线 ${from}→${to}`;
}

/** `{added, removed, changed}`: names of steps, flows and lanes. */
export function changes(before, after) {
  const [old, now] = [steps(before), steps(after)];
  const names = (from, test) => [...from].filter(test).map(([id]) => nameOf(from, id));
  return {
    added: names(now, ([id]) => !old.has(id)),
    removed: names(old, ([id]) => !now.has(id)),
    changed: names(now, ([id, one]) => old.has(id) && old.get(id).text !== one.text),
  };
}
