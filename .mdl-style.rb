# How Markdown is written here: the linter's rules but three. Lines are as long as an editor is wide, what a terminal
# shows has no language, and the forms of a code host begin with the head that it wants.
all
exclude_rule "MD013"
exclude_rule "MD040"
exclude_rule "MD041"
rule "MD029", style: :ordered
