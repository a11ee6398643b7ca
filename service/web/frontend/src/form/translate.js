// What the form viewer says to people, in Chinese. The keys are its own texts.
export const TEXTS = {
  'Field is required.': '此项必填。',
  'Field must match pattern {value}.': '格式不符合要求。',
  'Field must have minimum value of {value}.': '不得小于 {value}。',
  'Field must have maximum value of {value}.': '不得大于 {value}。',
  'Min validation value is not a valid number.': '下限不是有效的数字。',
  'Max validation value is not a valid number.': '上限不是有效的数字。',
  'Field must have minimum length of {value}.': '至少填写 {value} 个字。',
  'Field must have maximum length of {value}.': '最多填写 {value} 个字。',
  'Field must be a valid international phone number. (e.g. +4930664040900)': '请填写带国家代码的电话号码。',
  'Field must be a valid email.': '请填写有效的电子邮箱。',
  'Value is not a number.': '请填写数字。',
  'Value is expected to be an integer.': '请填写整数。',
  'Value is expected to have at most 1 decimal digit.': '最多保留 1 位小数。',
  'Value is expected to have at most {value} decimal digits.': '最多保留 {value} 位小数。',
  'Please select a valid value, the two nearest valid values are {previousValue} and {nextValue}.':
    '数值不符合步长，最接近的是 {previousValue} 和 {nextValue}。',
  'Date and time must both be entered.': '日期和时间都要填写。',
  'No content to show.': '没有可显示的内容。',
  "External content couldn't be loaded.": '外部内容无法载入。',
  'Nothing to show.': '没有内容。',
  'Skip to search': '转到查找',
  'Remove tag': '移除',
  Search: '查找',
  'No results': '没有符合的选项',
  'All values selected': '已全部选择',
  '{page} of {total}': '第 {page} 页，共 {total} 页',
  'Previous page': '上一页',
  'Next page': '下一页',
  'Click to sort by {value} descending': '按“{value}”降序排列',
  'Click to sort by {value} ascending': '按“{value}”升序排列',
  'Click to remove sorting': '取消排序',
  'No files selected': '未选择文件',
  '{value} files selected': '已选择 {value} 个文件',
  'Document reference is not defined.': '未指明文件。',
  'Unable to download document': '文件无法下载',
  'Download {fileName}': '下载 {fileName}',
  'Add new': '增加一行',
  'Expand all ({value})': '全部展开（{value}）',
  Collapse: '收起',
  Increment: '增加',
  Decrement: '减少',
};

export function translate(template, replacements = {}) {
  const text = TEXTS[template] ?? template;
  return text.replace(/{([^}]+)}/g, (_, key) => replacements[key] ?? `{${key}}`);
}
