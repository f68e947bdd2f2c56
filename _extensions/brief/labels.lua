--- The words around a web page, in each language. A module of filters of either back-end.

return {
  en = {
    abstract = "Summary", contents = "Contents", editions = "Editions",
    downloads = "Download", notebooks = "Notebooks", own = "This case", cases = "Cases", brief = "Brief",
    skip = "Skip to the text", search = "Search", none = "Nothing found",
    one = "1 section found", found = "{} sections found",
  },
  zh = {
    abstract = "摘要", contents = "目录", editions = "语言版本",
    downloads = "下载", notebooks = "分析笔记（英文）", own = "本案例", cases = "各案例", brief = "简报",
    skip = "跳到正文", search = "搜索", none = "没有找到",
    one = "找到1节", found = "找到{}节",
  },
}
