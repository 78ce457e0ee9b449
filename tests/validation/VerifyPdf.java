import java.io.*;
import java.util.stream.*;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.*;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.*;

/**
 * Judges PDFs with veraPDF: one line "FLAVOUR PATH" in, one line "PASS checks" or "FAIL clause-test, …" out.
 * One process serves many files, because starting Java costs more than judging a hundred of them.
 */
class VerifyPdf {
    public static void main(String[] arguments) throws IOException {
        VeraGreenfieldFoundryProvider.initialise();
        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null; ) {
            String[] asked = line.split(" ", 2);
            System.out.println(verdict(PDFAFlavour.fromString(asked[0]), new File(asked[1])));
            System.out.flush();
        }
    }

    private static String verdict(PDFAFlavour flavour, File file) {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            if (result.isCompliant() && result.getTotalAssertions() > 0) {
                return "PASS " + result.getTotalAssertions();
            }
            return "FAIL " + result.getTestAssertions().stream()
                .filter(a -> a.getStatus() == TestAssertion.Status.FAILED)
                .map(a -> a.getRuleId().getClause() + "-" + a.getRuleId().getTestNumber() + " " + a.getMessage())
                .map(said -> said.replaceAll("\\s+", " "))
                .distinct().sorted().collect(Collectors.joining("; "));
        } catch (Exception broken) {
            return "FAIL " + broken.getClass().getSimpleName() + ": " + String.valueOf(broken.getMessage()).replaceAll("\\s+", " ");
        }
    }
}
