// Errors by the server's keys ("members[1].name") to errors by the viewer's component ids, and both to lines to read.

function pathOf(registry, field) {
  const names = field.key ? [field.key] : [];
  for (let at = registry.get(field._parent); at; at = registry.get(at._parent)) {
    if (at.path) names.unshift(at.path);
  }
  return names.join('.').split('.').join('/');
}

function split(key) {
  const parts = key.split(/[.[\]]+/).filter(Boolean);
  return {
    path: parts.filter((part) => !/^\d+$/.test(part)).join('/'),
    rows: parts.filter((part) => /^\d+$/.test(part)).map(Number),
  };
}

function put(errors, id, rows, sentences) {
  let [holder, at] = [errors, id];
  for (const row of rows) {
    holder[at] ??= [];
    [holder, at] = [holder[at], row];
  }
  holder[at] = sentences;
}

/** What a refusal says of single fields, by the server's keys. */
export function errorsOf({ facts }) {
  const found = facts?.errors;
  return found && typeof found === 'object' && !Array.isArray(found) ? found : {};
}

export function byComponent(form, found) {
  const registry = form.get('formFieldRegistry');
  const ids = new Map(registry.getAll().map((field) => [pathOf(registry, field), field.id]));
  const errors = {};
  for (const [key, sentences] of Object.entries(found)) {
    const { path, rows } = split(key);
    if (path && ids.has(path)) put(errors, ids.get(path), rows, [sentences].flat());
  }
  return errors;
}

/** The sentences, in the order of the form; what belongs to no field of it comes last. */
export function linesOf(form, found) {
  const registry = form.get('formFieldRegistry');
  const order = registry.getAll().map((field) => pathOf(registry, field));
  const places = Object.keys(found).map((key) => {
    const { path, rows } = split(key);
    const place = path ? order.indexOf(path) : -1;
    return { key, at: [place < 0 ? order.length : place, ...rows] };
  });
  places.sort((one, other) => one.at[0] - other.at[0] || (one.at[1] ?? 0) - (other.at[1] ?? 0));
  return places.flatMap(({ key }) => [found[key]].flat());
}

function texts(value) {
  return Array.isArray(value) ? value.flatMap(texts) : value ? [value] : [];
}

// Of a list, which rows; one forgotten row among two hundred is folded away.
function rowsOf(found) {
  const rows = found.flatMap((one, index) => (Array.isArray(one) && texts(one).length ? [index + 1] : []));
  if (!rows.length) return '';
  return `（第 ${rows.slice(0, 10).join('、')} ${rows.length > 10 ? `等 ${rows.length} ` : ''}行）`;
}

export function linesByLabel(form, errors) {
  const registry = form.get('formFieldRegistry');
  return Object.entries(errors).map(([id, found]) => {
    const { label, dateLabel, timeLabel, key } = registry.get(id) ?? {};
    return `${label || dateLabel || timeLabel || key || id}${rowsOf(found)}：${[...new Set(texts(found))].join('')}`;
  });
}
