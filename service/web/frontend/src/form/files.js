const [FILES, FILE_BYTES, ALL_BYTES] = [10, 20e6, 100e6];

/** Why these files cannot be sent with a form; '' when they can. */
export function fileComplaint(files) {
  if (files.length > FILES) return `附件有 ${files.length} 个，一次最多提交 ${FILES} 个，请合并后再提交。`;
  const large = files.find((file) => file.size > FILE_BYTES || file.size === 0);
  if (large) return `附件“${large.name}”${large.size ? '超过 20 MB 的上限，请压缩或拆分后再选' : '没有内容，请重新选择'}。`;
  if (files.reduce((sum, file) => sum + file.size, 0) > ALL_BYTES) return '附件合计超过 100 MB，请压缩后再选。';
  return '';
}
